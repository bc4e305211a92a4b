/** One partition of one topic: the unit of order, of ownership and of exactness. */
export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

export interface NewRecord {
  readonly partition: number
  readonly key: string | null
  readonly value: Uint8Array
  readonly headers: Readonly<Record<string, string>>
}

export interface LogRecord {
  readonly offset: number
  /** The broker's append time, ms (topics are LogAppendTime). */
  readonly appendedAt: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: Readonly<Record<string, Uint8Array | string | undefined>>
}

export interface LogBatch extends TopicPartition {
  /** Offset that was asked for: of [from, nextOffset) the log has these records and no others. */
  readonly from: number
  readonly records: readonly LogRecord[]
  /** Offset after the last record, gaps included. */
  readonly nextOffset: number
  /** End of the log when the batch was fetched. */
  readonly highWatermark: number
}

export interface LogBounds {
  readonly partition: number
  /** First offset still kept. */
  readonly low: number
  /** Offset the next record will get. */
  readonly high: number
}

export interface TopicSpec {
  readonly topic: string
  readonly partitions: number
  /** -1 keeps for ever. */
  readonly retentionMs: number
}

/** What a reader of the log must answer. The log calls it one batch at a time per partition. */
export interface LogReader {
  /**
   * Newly owned partitions, before their first batch: answers where each starts; null: it waits for a seek and a resume. Called
   * again after every rebalance with all partitions now owned. One that is sought meanwhile goes on there, whatever is answered.
   */
  assigned(owned: readonly TopicPartition[]): Promise<readonly (number | null)[]>
  /**
   * The log holds [low, high) of a partition and the place where reading stands is not in it: answers where to go on,
   * or null: the partition is not read until it is sought. A reader without this ends.
   */
  outOfRange?(place: TopicPartition, bounds: LogBounds): Promise<number | null>
  /** Ownership is gone: drop what is not committed. */
  revoked(lost: readonly TopicPartition[]): void
  /** Handles a batch; the log goes on behind its last record unless `seek` was called. Rejecting stops the reader for good. */
  batch(batch: LogBatch, control: LogControl): Promise<void>
}

export interface LogControl {
  /** The partition continues at `offset`. */
  seek(place: TopicPartition, offset: number): void
  /** Keeps the membership alive in long work; throws `UNAVAILABLE` when a rebalance has begun or nobody answers. */
  heartbeat(): Promise<void>
}

export interface LogSubscription {
  seek(place: TopicPartition, offset: number): void
  pause(places: readonly TopicPartition[]): void
  resume(places: readonly TopicPartition[]): void
  /** Leaves the group; resolves when no handler runs any more. */
  stop(): Promise<void>
  /** Settles when the reader ends: rejects with the cause of a crash. */
  readonly done: Promise<void>
}

export interface ReadOptions {
  readonly group: string
  readonly topics: readonly string[]
  readonly maxBytesPerPartition: number
  readonly maxWaitMs: number
}

/** An ordered, partitioned, durable log (Kafka). Offsets are JavaScript integers. */
export interface EventLog {
  ensureTopics(specs: readonly TopicSpec[]): Promise<void>
  bounds(topic: string): Promise<readonly LogBounds[]>
  /** How long the topic keeps a record, ms; -1: not limited by time. */
  retentionMs(topic: string): Promise<number>
  /** Appends with acks = all; answers the offset of each record, in order. Rejects when any of them is not known to be kept. */
  append(topic: string, records: readonly NewRecord[]): Promise<readonly number[]>
  read(options: ReadOptions, reader: LogReader): Promise<LogSubscription>
  close(): Promise<void>
}
