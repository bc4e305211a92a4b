import { isPlatformError } from '@tidewater/base'
import type { EventLog, Judgement, LogRecord, NewRecord, TopicPartition } from '@tidewater/ports'
import { ORIGINAL } from '@tidewater/seam'

/**
 * A dead letter is made larger than its record by what it adds, yet must be taken where the record was: these together,
 * with three bytes for every character of a text, stay below a megabyte.
 */
const LARGEST = { value: 600_000, key: 32_000, headers: 64_000, reason: 1000 } as const

const decoder = new TextDecoder()
const textOf = (bytes: Uint8Array | string): string =>
  typeof bytes === 'string' ? bytes : decoder.decode(bytes)

const sizeOf = (record: LogRecord): number => {
  let size = (record.key?.length ?? 0) + (record.value?.length ?? 0)
  for (const [name, value] of Object.entries(record.headers)) size += name.length + (value?.length ?? 0)
  return size
}

/** The original bytes with where and why. What does not fit is left out, and `truncated` gives the size of the whole. */
export const deadLetter = (
  place: TopicPartition,
  record: LogRecord,
  { reason, why }: Omit<Judgement & { kind: 'dead' }, 'kind'>,
): NewRecord => {
  const value = record.value ?? new Uint8Array(0)
  const keyFits = (record.key?.length ?? 0) <= LARGEST.key
  let fits = keyFits && value.length <= LARGEST.value
  let room = LARGEST.headers
  const headers: Record<string, string> = {}
  for (const [name, header] of Object.entries(record.headers)) {
    if (header === undefined) continue
    room -= ORIGINAL.length + name.length + header.length
    if (room >= 0) headers[ORIGINAL + name] = textOf(header)
    else fits = false
  }
  const { topic, partition } = place
  return {
    partition: 0,
    key: record.key === null || !keyFits ? null : textOf(record.key),
    // A copy: what is fetched from the log is one large buffer, and a slice would keep all of it.
    value: Uint8Array.from(value.subarray(0, LARGEST.value)),
    headers: {
      ...headers,
      id: `${topic}/${partition}/${record.offset}`,
      reason: reason.slice(0, LARGEST.reason),
      kind: why,
      topic,
      partition: String(partition),
      offset: String(record.offset),
      ...(fits ? {} : { truncated: `${sizeOf(record)} bytes` }),
    },
  }
}

/** Where the record stands and why it is none, without any of its bytes. */
const pointerOf = (letter: NewRecord): NewRecord => {
  const own = Object.entries(letter.headers).filter(([name]) => !name.startsWith(ORIGINAL))
  const size = { truncated: `${letter.value.length} bytes` }
  return { ...letter, key: null, value: new Uint8Array(0), headers: { ...size, ...Object.fromEntries(own) } }
}

export const isTruncated = (letter: NewRecord): boolean => 'truncated' in letter.headers

const isTooLarge = (error: unknown): boolean => isPlatformError(error) && error.code === 'LIMIT'

/** Appends dead letters; answers how many went as a pointer because their topic does not take them. No letter holds up an archive. */
export const appendDead = async (
  log: Pick<EventLog, 'append'>,
  topic: string,
  letters: readonly NewRecord[],
): Promise<number> => {
  if (letters.length === 0) return 0
  try {
    await log.append(topic, letters)
    return 0
  } catch (error) {
    if (!isTooLarge(error)) throw error
  }
  let pointers = 0
  for (const letter of letters)
    try {
      await log.append(topic, [letter])
    } catch (error) {
      if (!isTooLarge(error)) throw error
      await log.append(topic, [pointerOf(letter)])
      pointers++
    }
  return pointers
}
