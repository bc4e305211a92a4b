import type { LogRecord, TopicPartition } from '@tidewater/ports'
import type { MadeRow, Machine, Row } from '@tidewater/plan'

/** One event's topic and all that is computed from it; engines get each other's work handed in, never imported. */
export interface SpeedSource {
  readonly topic: string
  /** Field that holds the event time. */
  readonly time: string
  /** Copies of one id within this span of append time count once, ms. */
  readonly horizonMs: number
  /** Closes windows, so decides what is counted as late, never what counts. ms. */
  readonly latenessMs: number
  /** The row, or null when the record is invalid (the archive keeps it as dead). */
  decode(value: Uint8Array | null, appendedAt: number): Row | null
  idOf(record: LogRecord, row: Row, place: TopicPartition): string
  readonly views: readonly SpeedView[]
  /** Streams made of it that have a log of their own. */
  readonly streams: readonly SpeedStream[]
  /** Its records are the platform's own: their ids say which records they are made of, and copies are told by those. */
  readonly isSent: boolean
}

export interface SpeedStream {
  readonly name: string
  readonly topic: string
  /** `partitions`: how many the row's own log has; 0: not known. */
  readonly make: (row: Row, partitions: number) => MadeRow
}

export interface SpeedView {
  readonly machine: Machine
  /** The key text is the event's own key, so murmur2 of it says which partition is its home. */
  readonly routed: boolean
}
