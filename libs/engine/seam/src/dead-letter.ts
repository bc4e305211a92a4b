import type { DeadKind, LogRecord, TopicPartition } from '@tidewater/ports'

/*
 * What a record of a dead-letter topic says, in headers beside the original bytes. Written by the archive (a record of the log) and
 * by the intake (a line of a file), read by whoever lists or retries letters. A letter may be written more than once; its id says
 * that it is the same. Two more kinds of records are marks on the letter of their id: `retrying` before the record is appended
 * to its event's topic again, with the offset it will not be below, and `retried` afterwards, with where it is.
 */

/** Headers of the original record go by this prefix. */
export const ORIGINAL = 'original.'

export interface Letter {
  readonly kind: 'letter'
  /** 'topic/partition/offset' or 'file:line'. */
  readonly id: string
  /** Where the record stands; null: it is a line of a file. */
  readonly place: (TopicPartition & { readonly offset: number }) | null
  readonly reason: string
  readonly why: DeadKind | 'line'
  /** How large the record was; null: the letter is the whole of it. */
  readonly truncated: string | null
  readonly key: string | null
  readonly value: Uint8Array
  readonly headers: Readonly<Record<string, string>>
}

export interface RetryMark {
  readonly kind: 'retrying' | 'retried'
  readonly id: string
  /** Where the record is, or will not be below. */
  readonly offset: number
}

const decoder = new TextDecoder()
const textOf = (bytes: Uint8Array | string): string =>
  typeof bytes === 'string' ? bytes : decoder.decode(bytes)

/** A record of a dead-letter topic. */
export const readLetter = (record: LogRecord): Letter | RetryMark => {
  const of = (name: string): string | null => {
    const header = record.headers[name]
    return header === undefined ? null : textOf(header)
  }
  const id = of('id') ?? `dead/${record.offset}`
  for (const kind of ['retried', 'retrying'] as const) {
    const offset = of(kind)
    if (offset !== null) return { kind, id, offset: Number(offset) }
  }
  const topic = of('topic')
  const place =
    topic === null ? null : { topic, partition: Number(of('partition')), offset: Number(of('offset')) }
  return {
    ...{ kind: 'letter', id, place, reason: of('reason') ?? 'unknown' },
    why: place === null ? 'line' : ((of('kind') as DeadKind | null) ?? 'invalid'),
    truncated: of('truncated'),
    key: record.key === null ? null : textOf(record.key),
    value: record.value ?? new Uint8Array(),
    headers: originalOf(record.headers),
  }
}

const originalOf = (headers: LogRecord['headers']): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, header]) =>
      name.startsWith(ORIGINAL) && header !== undefined
        ? [[name.slice(ORIGINAL.length), textOf(header)]]
        : [],
    ),
  )
