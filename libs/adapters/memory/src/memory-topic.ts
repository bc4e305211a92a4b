import type { LogBatch, LogRecord, NewRecord } from '@tidewater/ports'

/** Lowest batch a reader gets is whole; more records than this wait for the next. */
const BATCH_RECORDS = 10_000
const encoder = new TextEncoder()

export interface MemoryTopic {
  readonly name: string
  readonly retentionMs: number
  readonly partitions: LogRecord[][]
  /** Append times never fall within a partition. */
  append(record: NewRecord, now: number): number
  /** Records at `from` and after, by count and bytes; null when there is none. */
  batch(partition: number, from: number, maxBytes: number): LogBatch | null
}

export const createMemoryTopic = (name: string, count: number, retentionMs: number): MemoryTopic => {
  const partitions: LogRecord[][] = Array.from({ length: count }, () => [])
  const log = (partition: number): LogRecord[] => {
    const found = partitions[partition]
    if (found === undefined) throw new Error(`topic ${name} has no partition ${partition}`)
    return found
  }
  return {
    name,
    retentionMs,
    partitions,
    append: ({ partition, key, value, headers }, now) => {
      const records = log(partition)
      const appendedAt = Math.max(now, records.at(-1)?.appendedAt ?? 0)
      const offset = records.length
      records.push({ offset, appendedAt, key: key === null ? null : encoder.encode(key), value, headers })
      return offset
    },
    batch: (partition, from, maxBytes) => {
      const all = log(partition)
      const records: LogRecord[] = []
      let bytes = 0
      for (
        let i = from;
        i < all.length && records.length < BATCH_RECORDS && (bytes < maxBytes || i === from);
        i++
      ) {
        const record = all[i]
        if (record === undefined) break
        bytes += record.value?.length ?? 0
        records.push(record)
      }
      if (records.length === 0) return null
      const nextOffset = from + records.length
      return { topic: name, partition, from, records, nextOffset, highWatermark: all.length }
    },
  }
}
