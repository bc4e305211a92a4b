import type { LogBatch, LogBounds, LogRecord, NewRecord } from '@tidewater/ports'

/** Lowest batch a reader gets is whole; more records than this wait for the next. */
const BATCH_RECORDS = 10_000
const encoder = new TextEncoder()

/** One partition's records, ascending by offset; offsets may be missing between them. */
export interface MemoryLogPartition {
  records: LogRecord[]
  /** First offset still kept, and the offset the next record will get. */
  low: number
  high: number
}

export interface MemoryTopic {
  readonly name: string
  readonly retentionMs: number
  readonly partitions: MemoryLogPartition[]
  append(record: NewRecord, now: number): LogRecord
  /** Takes `offsets` that no reader will ever see a record at, as markers and aborted transactions do. */
  skip(partition: number, offsets: number): void
  /** Deletes all records below `low`, as retention does. */
  retain(partition: number, low: number): void
  /** What follows at `from`, by count and bytes, holes included; null when there is nothing, bounds when `from` is outside of them. */
  batch(partition: number, from: number, maxBytes: number): LogBatch | LogBounds | null
}

export const newLogPartition = (): MemoryLogPartition => ({ records: [], low: 0, high: 0 })

/** Index of the first record at `offset` or behind it. */
const indexOf = (records: readonly LogRecord[], offset: number): number => {
  let [low, high] = [0, records.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((records[middle]?.offset ?? Infinity) < offset) low = middle + 1
    else high = middle
  }
  return low
}

export const createMemoryTopic = (name: string, count: number, retentionMs: number): MemoryTopic => {
  const partitions = Array.from({ length: count }, newLogPartition)
  const at = (partition: number): MemoryLogPartition => {
    const found = partitions[partition]
    if (found === undefined) throw new Error(`topic ${name} has no partition ${partition}`)
    return found
  }
  return {
    name,
    retentionMs,
    partitions,
    append: ({ partition, key, value, headers }, now) => {
      const log = at(partition)
      const offset = log.high++
      const bytes = key === null ? null : encoder.encode(key)
      const record = { offset, appendedAt: now, key: bytes, value, headers }
      log.records.push(record)
      return record
    },
    skip: (partition, offsets) => {
      at(partition).high += offsets
    },
    retain: (partition, low) => {
      const log = at(partition)
      log.low = Math.max(log.low, Math.min(low, log.high))
      log.records = log.records.slice(indexOf(log.records, log.low))
    },
    batch: (partition, from, maxBytes) => {
      const log = at(partition)
      if (from < log.low || from > log.high) return { partition, low: log.low, high: log.high }
      if (from === log.high) return null
      const start = indexOf(log.records, from)
      let end = start
      for (let bytes = 0; end < log.records.length && end - start < BATCH_RECORDS; end++) {
        if (bytes >= maxBytes) break
        bytes += log.records[end]?.value?.length ?? 0
      }
      const records = log.records.slice(start, end)
      const next = log.records[end]
      const nextOffset = next === undefined ? log.high : (records.at(-1)?.offset ?? next.offset - 1) + 1
      return { topic: name, partition, from, records, nextOffset, highWatermark: log.high }
    },
  }
}
