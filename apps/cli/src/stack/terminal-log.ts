import { sentenceOf } from '@tidewater/base'
import type { Log } from '@tidewater/runtime'

/** Warnings and errors as single lines, as the terminal shows them; nothing else is said. */
export const terminalLog = (name: string, say: (line: string) => void): Log => {
  const complain = (message: string, fields: object = {}): void => {
    const cause = 'error' in fields ? `: ${sentenceOf(fields.error)}` : ''
    const cure = 'cure' in fields && typeof fields.cure === 'string' ? ` (${fields.cure})` : ''
    say(`  ! ${name}: ${message}${cause}${cure}`)
  }
  const log: Log = {
    debug: () => undefined,
    info: () => undefined,
    warn: complain,
    error: complain,
    with: () => log,
  }
  return log
}
