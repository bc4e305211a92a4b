import type { NewLakeEntry, NewRecord, TopicPartition } from '@tidewater/ports'

/** The entry a partition is filling: what was read from the log and is not yet in the lake. */
export interface OpenEntry extends TopicPartition {
  readonly from: number
  next: number
  rows: number
  absent: number
  lastAppended: number
  maxEventTime: number | null
  readonly lines: string[]
  readonly dead: NewRecord[]
}

/** An empty entry at the end of the archive. `lastAppended` carries the prefix maximum A(o) of semantics I2 on. */
export const openEntry = (place: TopicPartition, from: number, lastAppended: number): OpenEntry => ({
  topic: place.topic,
  partition: place.partition,
  from,
  next: from,
  rows: 0,
  absent: 0,
  lastAppended,
  maxEventTime: null,
  lines: [],
  dead: [],
})

export const isEmpty = (entry: OpenEntry): boolean => entry.next === entry.from

export const sealed = (entry: OpenEntry): NewLakeEntry => ({
  topic: entry.topic,
  partition: entry.partition,
  from: entry.from,
  next: entry.next,
  level: 0,
  rows: entry.rows,
  dead: entry.dead.length,
  absent: entry.absent,
  missed: 0,
  lastAppended: entry.lastAppended,
  maxEventTime: entry.maxEventTime,
})
