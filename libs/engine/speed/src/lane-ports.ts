import type { Clock, Timers, TopicPartition } from '@tidewater/ports'
import type { Task } from './task.ts'

export interface LaneLimits {
  /** Longest time applied records stay uncommitted while the partition keeps up, ms. */
  readonly commitEveryMs: number
  /** The same while it is far behind: fewer, larger commits write a busy group once instead of often, ms. */
  readonly commitBehindMs: number
  /** Groups one commit may write; the next step waits for the commit when twice as many have changed (semantics P5). */
  readonly maxChanges: number
  /** Records applied but not stored at which the lane waits for the commit. */
  readonly maxUncommitted: number
  /** Bytes of state that the operators of one partition may keep; at more it stands still: nothing of it can be left out. */
  readonly operatorBytes: number
  /** Records of one step. */
  readonly stepRecords: number
}

/** More records than this to go: far behind. */
export const BEHIND_RECORDS = 10_000
export const RETRY_MS = 500

/** Something a person must know of; the platform goes on with everything else. */
export interface Alarm {
  readonly code: 'DATA_GAP' | 'LOG_SHORT' | 'STATE_BUDGET' | 'OPERATOR_STATE' | 'STORE'
  readonly place: TopicPartition
  readonly message: string
  readonly cure: string
}

/** What the lake has of a partition whose log no longer begins where it is needed. */
export interface LaneArchive {
  /** Offset up to which it is archived. */
  readonly next: (place: TopicPartition) => Promise<number>
  /** See `refill`. */
  readonly refill: (task: Task, to: number) => Promise<boolean>
}

export interface LanePorts {
  readonly clock: Clock
  readonly timers: Timers
  readonly bounds: (place: TopicPartition) => Promise<{ readonly low: number; readonly high: number }>
  /** The log goes on at `offset`, also after a pause. */
  readonly readFrom: (place: TopicPartition, offset: number) => void
  readonly pause: (place: TopicPartition) => void
  /** Null: this worker reads no lake. */
  readonly archive: LaneArchive | null
  readonly alarm: (alarm: Alarm) => void
  /** A fault of the program in what nobody waits for: ends the worker. */
  readonly broken: (error: unknown) => void
}
