import type { Judge, LogRecord } from '@tidewater/ports'
import type { EventDefinition } from 'tidewater'
import { deadLetter, isTruncated } from './dead-letter.ts'
import type { LineEncoder } from './line-encoder.ts'
import { isEmpty, skipAbsent, type OpenEntry } from './open-entry.ts'

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
  if (isEmpty(entry)) entry.firstAppended = entry.lastAppended
  skipAbsent(entry, record.offset)
  entry.next = record.offset + 1
  const judgement = archived.judge(record, entry)
  if (judgement.kind === 'dead') {
    const letter = deadLetter(entry, record, judgement)
    entry.dead.push(letter)
    entry.deadBytes += letter.value.length
    if (isTruncated(letter)) entry.truncated++
    return
  }
  const { row, id } = judgement
  entry.rows++
  const time = row[archived.event.time] as number
  entry.maxEventTime = entry.maxEventTime === null ? time : Math.max(entry.maxEventTime, time)
  const { partition, lastAppended } = entry
  entry.lines.add(archived.line(row, { id, partition, offset: record.offset, appendedAt: lastAppended }))
}
