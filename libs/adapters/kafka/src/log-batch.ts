import type { LogBatch, LogRecord } from '@tidewater/ports'
import type { Batch } from 'kafkajs'
import { FetchedRecord } from './record-batch.ts'

/** At run time a batch knows the offset that was asked for; the types of kafkajs leave it out. */
export type FetchedBatch = Batch & { readonly fetchedOffset: string | number }

/** The message objects of kafkajs themselves become the records: no copy per record. */
interface KafkajsMessage {
  offset: string | number
  readonly timestamp: string
  appendedAt?: number
}

export const logBatchOf = (batch: FetchedBatch, nextOffset: number): LogBatch => ({
  topic: batch.topic,
  partition: batch.partition,
  from: Number(batch.fetchedOffset),
  records: recordsOf(batch.messages as unknown as readonly (FetchedRecord | KafkajsMessage)[]),
  nextOffset,
  highWatermark: Number(batch.highWatermark),
})

/** Records as our decoder made them, or kafkajs' own, completed in place. */
const recordsOf = (messages: readonly (FetchedRecord | KafkajsMessage)[]): readonly LogRecord[] => {
  if (!(messages[0] instanceof FetchedRecord)) {
    for (const message of messages as readonly KafkajsMessage[]) {
      // Of a LogAppendTime batch this is the broker's append time, which kafkajs takes from the batch's header.
      message.appendedAt = Number(message.timestamp)
      message.offset = Number(message.offset)
    }
  }
  return messages as unknown as readonly LogRecord[]
}

/** Offset behind the batch's last record, control records of transactions included. */
export const nextOffsetOf = (batch: FetchedBatch): number => Number(batch.lastOffset()) + 1
