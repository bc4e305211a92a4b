import type { LogRecord, NewRecord, TopicPartition } from '@tidewater/ports'
import type { Row } from '@tidewater/plan'
import type { EventDefinition } from 'tidewater'
import type { LineEncoder } from './line-encoder.ts'
import { skipAbsent, type OpenEntry } from './open-entry.ts'

/** The same judgement the door and the speed layer make: a valid row with its envelope id, or why it is none. */
export type Judge = (record: LogRecord, place: TopicPartition) => Judgement

export type Judgement =
  | { readonly kind: 'row'; readonly row: Row; readonly id: string }
  | { readonly kind: 'dead'; readonly reason: string }

/** Everything the archive needs to know of one event. */
export interface ArchivedEvent {
  readonly event: EventDefinition
  readonly judge: Judge
  readonly line: LineEncoder
}

/** Takes one record into the open entry: a line when it is valid, a dead letter when not (L10). */
export const takeRecord = (entry: OpenEntry, archived: ArchivedEvent, record: LogRecord): void => {
  if (record.offset < entry.next) return
  entry.lastAppended = Math.max(entry.lastAppended, record.appendedAt)
  skipAbsent(entry, record.offset)
  entry.next = record.offset + 1
  entry.bytes += record.value?.length ?? 0
  const judgement = archived.judge(record, entry)
  if (judgement.kind === 'dead') {
    entry.dead.push(deadLetter(entry, record, judgement.reason))
    return
  }
  const { row, id } = judgement
  entry.rows++
  const time = row[archived.event.time] as number
  entry.maxEventTime = entry.maxEventTime === null ? time : Math.max(entry.maxEventTime, time)
  const { partition, lastAppended } = entry
  entry.lines.push(archived.line(row, { id, partition, offset: record.offset, appendedAt: lastAppended }))
}

/** The headers added here must fit beside a value the broker once took. */
const LARGEST_DEAD_VALUE = 900_000

const decoder = new TextDecoder()

/** The original bytes with where and why; a giant is referred to by its place only. */
const deadLetter = (place: TopicPartition, record: LogRecord, reason: string): NewRecord => {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(record.headers))
    if (value !== undefined)
      headers[`original.${name}`] = typeof value === 'string' ? value : decoder.decode(value)
  const value = record.value ?? new Uint8Array(0)
  return {
    partition: 0,
    key: record.key === null ? null : decoder.decode(record.key),
    value: value.length <= LARGEST_DEAD_VALUE ? value : new Uint8Array(0),
    headers: {
      ...headers,
      id: `${place.topic}/${place.partition}/${record.offset}`,
      reason,
      topic: place.topic,
      partition: String(place.partition),
      offset: String(record.offset),
    },
  }
}
