import type { EventLog, LogRecord, Timers, TopicPartition } from '@tidewater/ports'
import { within } from '../deadline.ts'

export interface RangePorts {
  readonly log: EventLog
  readonly nonce: () => string
  readonly timers?: Timers
}

/** Offsets [from, to) of one partition. */
export interface Range extends TopicPartition {
  readonly from: number
  readonly to: number
}

const PATIENCE_MS = 60_000

/** Hands each record of a range to `see`, in order. The log is left as it was; rejects with `TIMEOUT` when it takes a minute. */
export const readRange = async (
  { log, nonce, timers }: RangePorts,
  range: Range,
  see: (record: LogRecord) => void,
): Promise<void> => {
  const { topic, partition, from, to } = range
  if (from >= to) return
  const finished = Promise.withResolvers<void>()
  const subscription = await log.read(
    // A group of its own, so that everybody who looks sees everything.
    { group: `tidewater-look-${nonce()}`, topics: [topic], maxBytesPerPartition: 1 << 20, maxWaitMs: 250 },
    {
      assigned: (owned) =>
        Promise.resolve(owned.map((place) => (place.partition === partition ? from : null))),
      revoked: () => undefined,
      batch: (batch) => {
        if (batch.partition !== partition) return Promise.resolve()
        for (const record of batch.records) if (record.offset >= from && record.offset < to) see(record)
        if (batch.nextOffset >= to) finished.resolve()
        return Promise.resolve()
      },
    },
  )
  try {
    await within(timers, PATIENCE_MS, `reading ${topic}`, Promise.race([finished.promise, subscription.done]))
  } finally {
    await subscription.stop()
  }
}
