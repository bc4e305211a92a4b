import { Lines } from './lines.ts'
import type { NewLakeEntry, NewRecord, TopicPartition } from '@tidewater/ports'

/** The entry a partition is filling: what was read from the log and is not yet in the lake. */
export interface OpenEntry extends TopicPartition {
  readonly from: number
  next: number
  rows: number
  absent: number
  missed: number
  lastAppended: number
  /** Of its first record, or while it has none of the last one before it; 0: there is none. */
  firstAppended: number
  maxEventTime: number | null
  readonly lines: Lines
  readonly dead: NewRecord[]
  deadBytes: number
  /** Dead letters that are not the whole record. */
  truncated: number
}

/** An empty entry at the end of the archive. `lastAppended` carries the prefix maximum A(o) of semantics I2 on. */
export const openEntry = (place: TopicPartition, from: number, lastAppended: number): OpenEntry => ({
  topic: place.topic,
  partition: place.partition,
  from,
  next: from,
  rows: 0,
  absent: 0,
  missed: 0,
  lastAppended,
  firstAppended: lastAppended,
  maxEventTime: null,
  deadBytes: 0,
  lines: new Lines(),
  dead: [],
  truncated: 0,
})

export const entryBehind = (entry: OpenEntry): OpenEntry => openEntry(entry, entry.next, entry.lastAppended)

/** What an entry holds in memory. */
export const bytesOf = ({ lines, deadBytes }: OpenEntry): number => lines.bytes + deadBytes

export const isEmpty = (entry: OpenEntry): boolean => entry.next === entry.from

/** The log has no record below `next` but those taken: marks of transactions, aborted records. */
export const skipAbsent = (entry: OpenEntry, next: number): void => {
  if (next <= entry.next) return
  entry.absent += next - entry.next
  entry.next = next
}

/** The records below `next` that were not taken are gone for good: the entry says so (L9). */
export const skipMissed = (entry: OpenEntry, next: number): void => {
  if (next <= entry.next) return
  entry.missed += next - entry.next
  entry.next = next
}

export const sealed = (entry: OpenEntry): NewLakeEntry => ({
  topic: entry.topic,
  partition: entry.partition,
  from: entry.from,
  next: entry.next,
  level: 0,
  rows: entry.rows,
  dead: entry.dead.length,
  absent: entry.absent,
  missed: entry.missed,
  lastAppended: entry.lastAppended,
  maxEventTime: entry.maxEventTime,
})
