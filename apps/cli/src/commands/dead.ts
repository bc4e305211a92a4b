import type { Command } from 'commander'
import { PlatformError } from '@tidewater/base'
import { ask, withClientFlags } from '../client.ts'
import type { ClientFlags } from '../client.ts'
import { columns } from '../definitions/columns.ts'
import { retryCommand } from './dead-retry.ts'

interface ListFlags extends ClientFlags {
  readonly limit: string
}

interface DeadLetters {
  readonly event: string
  readonly total: number
  readonly retried: number
  readonly older: number
  readonly reasons: readonly {
    readonly reason: string
    readonly kind: string
    readonly count: number
    readonly at: string
  }[]
}

interface DeadLetter {
  readonly at: string
  readonly reason: string
  readonly kind: string
  readonly place: string
  readonly key: string | null
  readonly value: string | null
  readonly size: number
  readonly headers: Readonly<Record<string, string>>
  readonly truncated: string | null
  readonly retried: number | null
  readonly bytes: string
}

const COUNTS = 'event total retried older reasons { reason kind count at }'
const LETTER = 'at reason kind place key value size headers truncated retried'

export const deadCommand = (program: Command): void => {
  const dead = program
    .command('dead')
    .description(
      'records that never became an event: why, where they stood, what they held; retry them after a fix',
    )
  withClientFlags(dead.command('list [event]', { isDefault: true }))
    .description('how many, by reason; of one event also the newest')
    .option('--limit <n>', 'the newest n', '20')
    .action((event: string | undefined, flags: ListFlags) =>
      event === undefined ? listAll(flags) : listOf(event, flags),
    )
  withClientFlags(dead.command('inspect <event> <place>'))
    .description('all of one: its bytes, headers, reason and place (partition/offset, or file:line)')
    .action((event: string, place: string, flags: ClientFlags) => inspect(event, place, flags))
  retryCommand(dead)
}

const listAll = async (flags: ClientFlags): Promise<void> => {
  const { deadLetters } = await ask<{ deadLetters: readonly DeadLetters[] }>(
    flags,
    `{ deadLetters { ${COUNTS} } }`,
  )
  if (flags.json === true) return console.log(JSON.stringify(deadLetters, null, 2))
  showReasons(deadLetters)
  for (const letters of deadLetters) if (letters.total > 0) showTotal(letters)
  if (deadLetters.every(({ total }) => total === 0)) console.log('no dead letters')
}

const listOf = async (event: string, flags: ListFlags): Promise<void> => {
  const { dead } = await ask<{ dead: DeadLetters & { readonly rows: readonly DeadLetter[] } }>(
    flags,
    `query($event: String!, $first: Int) { dead(event: $event, first: $first) { ${COUNTS} rows { offset ${LETTER} } } }`,
    { event, first: Number(flags.limit) },
  )
  if (flags.json === true) return console.log(JSON.stringify(dead, null, 2))
  for (const { at, reason, place, value, retried } of dead.rows) {
    const state = retried === null ? '' : `  (retried, offset ${retried})`
    console.log(`${at}  ${place}  ${reason}${state}\n    ${value ?? '(no value)'}`)
  }
  if (dead.rows.length > 0) console.log()
  showReasons([dead])
  showTotal(dead)
}

const showReasons = (all: readonly DeadLetters[]): void => {
  const rows = all.flatMap(({ event, reasons }) =>
    reasons.map(({ reason, kind, count, at }) => [event, kind, String(count), at, reason]),
  )
  if (rows.length > 0)
    console.log(columns([['EVENT', 'KIND', 'COUNT', 'NEWEST', 'REASON'], ...rows]).join('\n'))
}

const showTotal = ({ event, total, retried, older }: DeadLetters): void => {
  const more = older === 0 ? '' : `; ${older} older records are not counted`
  console.log(`${total - retried} dead letters of ${event}, ${retried} more were retried${more}`)
}

const inspect = async (event: string, place: string, flags: ClientFlags): Promise<void> => {
  const { deadLetter: letter } = await ask<{ deadLetter: DeadLetter | null }>(
    flags,
    `query($event: String!, $place: String!) { deadLetter(event: $event, place: $place) { ${LETTER} bytes } }`,
    { event, place },
  )
  if (letter === null)
    throw new PlatformError(
      'BAD_INPUT',
      `${event} has no dead letter at ${place}`,
      `see: dead list ${event}`,
      'place',
    )
  if (flags.json === true) return console.log(JSON.stringify(letter, null, 2))
  const { at, reason, kind, key, size, headers, truncated, retried, bytes } = letter
  const lines = [
    ['place', letter.place],
    ['at', at],
    ['reason', reason],
    ['kind', kind],
    ['key', key ?? '(none)'],
    ...Object.entries(headers).map(([name, value]) => [`header ${name}`, value]),
    ['bytes', truncated === null ? String(size) : `${size} of ${truncated}: the letter is cut off`],
    ['retried', retried === null ? 'no' : `offset ${retried}`],
  ]
  console.log(columns(lines).join('\n'))
  console.log(`\n${hexOf(Buffer.from(bytes, 'base64'))}`)
}

const SHOWN_BYTES = 4_096

/** '00000000  7b 22 …  {"…': sixteen bytes a line, as `hexdump -C` writes them. */
const hexOf = (bytes: Buffer): string => {
  const lines: string[] = []
  for (let at = 0; at < Math.min(bytes.length, SHOWN_BYTES); at += 16) {
    const own = bytes.subarray(at, at + 16)
    const hex = [...own].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const text = [...own].map((byte) => (byte < 32 || byte > 126 ? '.' : String.fromCharCode(byte))).join('')
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex.padEnd(47)}  ${text}`)
  }
  if (bytes.length > SHOWN_BYTES) lines.push(`… ${bytes.length - SHOWN_BYTES} more; --json has all of them`)
  return lines.join('\n')
}
