import type { LogBatch, LogRecord } from '@tidewater/ports'
import type { Batch } from 'kafkajs'

/** At run time a batch knows the offset that was asked for; the types of kafkajs leave it out. */
export type FetchedBatch = Batch & { readonly fetchedOffset: string | number }

/** The message objects of kafkajs themselves become the records: no copy per record, two numbers set on each. */
interface Message {
  offset: string | number
  timestamp: string
  appendedAt?: number
}

/** `timestamp` of a LogAppendTime batch is the broker's append time, which kafkajs takes from the batch's header. */
export const logBatchOf = (batch: FetchedBatch, nextOffset: number): LogBatch => {
  const messages = batch.messages as unknown as Message[]
  // Records of one broker batch share one timestamp, so its text is parsed once per batch.
  let text = ''
  let time = 0
  for (const message of messages) {
    if (message.timestamp !== text) {
      text = message.timestamp
      time = Number(text)
    }
    message.appendedAt = time
    message.offset = Number(message.offset)
  }
  return {
    topic: batch.topic,
    partition: batch.partition,
    records: messages as unknown as readonly LogRecord[],
    nextOffset,
    highWatermark: Number(batch.highWatermark),
  }
}

/** Offset behind the batch's last record, control records of transactions included. */
export const nextOffsetOf = (batch: FetchedBatch): number => Number(batch.lastOffset()) + 1
