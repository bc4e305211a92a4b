import { sentenceOf } from '@tidewater/base'
import type { Log } from '@tidewater/runtime'

/** Shows steps with their time; on a terminal the last line counts while something works. */
export interface Progress {
  step<T>(name: string, work: Promise<T>): Promise<T>
  /** A line above the steps that are still at work. */
  say(line: string): void
  /** Ends the counting line. */
  end(): void
}

export function createProgress(out: NodeJS.WriteStream = process.stdout): Progress {
  const working = new Map<string, number>()
  const seconds = (from: number): string => `${((performance.now() - from) / 1_000).toFixed(1)} s`
  const status = (): string => [...working].map(([name, from]) => `${name} ${seconds(from)}`).join(' · ')
  const paint = (line: string | null): void => {
    if (out.isTTY) out.write('\r\x1b[2K')
    if (line !== null) out.write(`${line}\n`)
    if (out.isTTY && working.size > 0) out.write(`  … ${status()}`.slice(0, out.columns - 1))
  }
  const timer = setInterval(() => {
    if (out.isTTY && working.size > 0) paint(null)
  }, 1_000)
  timer.unref()
  return {
    async step(name, work) {
      const from = performance.now()
      working.set(name, from)
      try {
        const result = await work
        working.delete(name)
        paint(`  ✓ ${name} ${seconds(from)}`)
        return result
      } catch (error) {
        working.delete(name)
        paint(`  ✗ ${name} ${seconds(from)}`)
        throw error
      }
    },
    say: (line) => paint(line),
    end: () => {
      clearInterval(timer)
      working.clear()
      paint(null)
    },
  }
}

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

/** Resolves with the reason to stop: Ctrl-C, SIGTERM, or the end of the process that started us. */
export function untilAskedToStop(): Promise<string> {
  return new Promise((resolve) => {
    let asked = false
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (asked && signal === 'SIGINT') process.exit(130)
        asked = true
        resolve(signal)
      })
    }
    // Set by bootstrap: when that is killed with SIGKILL nobody would tell us.
    const parent = Number(process.env.TIDEWATER_PARENT ?? 0)
    if (parent > 0 && parent === process.ppid) {
      setInterval(() => {
        if (process.ppid !== parent) resolve('the starting process ended')
      }, 1_000).unref()
    }
  })
}
