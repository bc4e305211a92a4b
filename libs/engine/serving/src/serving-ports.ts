import type {
  BatchReader,
  Clock,
  EventLog,
  JobQueue,
  Judge,
  Lake,
  Nonce,
  StateStore,
  Timers,
  WorkerRegistry,
} from '@tidewater/ports'
import type { BatchParts } from './batch-part.ts'
import type { ScanLimits } from './group-states.ts'
import type { Partitions } from './partitions.ts'
import type { PointerCache } from './pointer-cache.ts'

/** What happened to rows handed to the intake; the same as HTTP answers. */
export interface TrackResult {
  readonly accepted: number
  readonly rejected: readonly { readonly index: number; readonly reasons: readonly TrackReason[] }[]
}

export interface TrackReason {
  readonly field: string | null
  readonly message: string
  readonly cure?: string | null
}

/** The outside world of the serving process. */
export interface ServingAdapters {
  readonly store: StateStore
  readonly log: EventLog
  readonly lake: Lake
  /** Null: there is no warehouse, so windowed views have no batch part and the past cannot be asked. */
  readonly batch: BatchReader | null
  readonly jobs: JobQueue
  readonly registry: WorkerRegistry
  readonly clock: Clock
  /** Lets other requests run between two steps of a long scan. */
  readonly letOthersRun: () => Promise<void>
  /** Given, they end a question the warehouse does not answer in time. */
  readonly timers?: Timers
  /** The archive's and the speed layer's judgement of a record of this event. */
  readonly judgeOf: (event: string) => Judge
  readonly nonce: Nonce
  /** The intake, so that `track` judges as POST /events does. */
  readonly track: (event: string, rows: readonly unknown[]) => Promise<TrackResult>
}

export interface ServingPorts extends ServingAdapters {
  readonly reader: BatchReader | null
  readonly pointers: PointerCache
  readonly partitions: Partitions
  readonly batchParts: BatchParts
  readonly scan: ScanLimits
}
