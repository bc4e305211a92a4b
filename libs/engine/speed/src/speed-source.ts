import type { LogRecord, TopicPartition } from '@tidewater/ports'
import type { MadeRow, Machine, Operator, Row } from '@tidewater/plan'
import type { Side } from '@tidewater/rows'
import { operatorName, type Sender } from '@tidewater/seam'

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
  /** Joins and patterns over its log. */
  readonly operators: readonly SpeedOperator[]
  /** Its records are the platform's own: their ids say which records they are made of, and copies are told by those. */
  readonly isSent: boolean
}

/** Where rows are sent to. */
export interface SentTo {
  readonly topic: string
  /** Of the join whose sides the log holds; null: the log is of one source. */
  readonly side: Side | null
}

export interface SpeedStream extends SentTo, Sender {
  /** `partitions`: how many the row's own log has; 0: not known. */
  readonly make: (row: Row, partitions: number) => MadeRow
}

export interface SpeedOperator {
  readonly operator: Operator
  /** Of the log that its rows are sent to. */
  readonly topic: string
}

export interface SpeedView {
  readonly machine: Machine
  /** The key text is the event's own key, so murmur2 of it says which partition is its home. */
  readonly routed: boolean
}

/** Everything that sends rows made of the source's records, as headers name it. */
export const sendersOf = ({ streams, operators }: SpeedSource): readonly Sender[] => [
  ...streams,
  ...operators.map(({ operator }) => ({ name: operatorName(operator.fingerprint) })),
]
