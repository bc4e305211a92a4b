import type { LogRecord } from '@tidewater/ports'
import { readLetter, type Letter } from '@tidewater/seam'
import { deadTopicOf } from 'tidewater'
import { readRange, type RangePorts } from './read-range.ts'

/** A letter as the book keeps it: only the beginning of its value, so that a hundred thousand of them fit. */
export interface Entry extends Omit<Letter, 'kind'> {
  /** In the dead-letter topic. */
  readonly offset: number
  readonly appendedAt: number
  /** Bytes the letter holds. */
  readonly size: number
  /** A retry began and did not say how it ended: its record is not below this offset, if it is anywhere. */
  retrying: number | null
  /** The offset of its record in the event's topic, once it was retried. */
  retried: number | null
}

/** The letters of one event, each once, oldest first. */
export interface DeadBook {
  readonly entries: readonly Entry[]
  /** Records of the topic that are older than what was read. */
  readonly older: number
}

/** What changes from letter to letter is left out of a reason: 'amount: "12,5" is …' and 'amount: "3,1" is …' are one. */
export const shapeOf = (reason: string): string => reason.replace(/"[^"]*"|\d[\d.:TZ-]*/g, '…')

/** Records of a dead-letter topic that are looked at, the newest ones. */
const MOST_RECORDS = 100_000
export const SHOWN_BYTES = 2_000

/** Everything the topic says of its letters: copies are one letter, marks are on the letter they are of, in any order. */
export const foldLetters = (): { see: (record: LogRecord) => void; entries: () => readonly Entry[] } => {
  const entries = new Map<string, Entry>()
  const marks = { retrying: new Map<string, number>(), retried: new Map<string, number>() }
  return {
    see: (record) => {
      const found = readLetter(record)
      if (found.kind !== 'letter') {
        // The lowest: a later attempt does not know where an earlier one may have put the record.
        const known = marks[found.kind].get(found.id) ?? Infinity
        marks[found.kind].set(found.id, Math.min(known, found.offset))
        return
      }
      if (entries.has(found.id)) return
      const { kind: _, ...letter } = found
      const { offset, appendedAt } = record
      const value = Uint8Array.from(letter.value.subarray(0, SHOWN_BYTES))
      const size = letter.value.length
      entries.set(letter.id, { ...letter, value, size, offset, appendedAt, retrying: null, retried: null })
    },
    entries: () =>
      [...entries.values()].map((entry) => ({
        ...entry,
        retrying: marks.retrying.get(entry.id) ?? null,
        retried: marks.retried.get(entry.id) ?? null,
      })),
  }
}

/** Reads the newest hundred thousand records of an event's dead-letter topic. */
export const readBook = async (ports: RangePorts, event: string): Promise<DeadBook> => {
  const topic = deadTopicOf(event)
  const [only] = await ports.log.bounds(topic)
  if (only === undefined) return { entries: [], older: 0 }
  const { partition, low, high } = only
  const from = Math.max(low, high - MOST_RECORDS)
  const { see, entries } = foldLetters()
  await readRange(ports, { topic, partition, from, to: high }, see)
  return { entries: entries(), older: from - low }
}
