import type {
  ArchivePresenter,
  Clock,
  EventLog,
  JobQueue,
  Lake,
  Nonce,
  OffsetVector,
  ParquetWriter,
  ServingReader,
  StateStore,
  Timers,
  TopicPartition,
  Warehouse,
  WorkerRegistry,
} from '@tidewater/ports'
import type { Machine } from '@tidewater/plan'
import { topicOf, type Catalog } from 'tidewater'

export interface BatchPorts {
  readonly log: Pick<EventLog, 'bounds'>
  readonly store: StateStore
  readonly lake: Lake
  readonly writer: ParquetWriter
  /** The first one holds the state that is loaded into the store; the others are checked against it. */
  readonly warehouses: readonly Warehouse[]
  readonly clock: Clock
  readonly timers: Timers
  readonly nonce: Nonce
}

export interface BatchOptions {
  readonly catalog: Catalog
  /** A machine per view, by name. */
  readonly machines: ReadonlyMap<string, Machine>
  /** Something went wrong that does not stop the generation: a sentence and its cause. */
  readonly warn: (sentence: string, cause: unknown) => void
}

/** What answers are compared with: both sides of `reconcile`. */
export interface ReconcilePorts {
  readonly serving: ServingReader
  readonly archive: ArchivePresenter
  /** Resolves when the archive covers the offsets. */
  readonly covered: (offsets: OffsetVector) => Promise<void>
}

export interface BatchWorkerPorts extends BatchPorts {
  readonly jobs: JobQueue
  readonly registry: WorkerRegistry
  /** Null: generations are published without being read back. */
  readonly reconciling: ReconcilePorts | null
}

export interface BatchWorkerOptions extends BatchOptions {
  readonly name: string
  readonly pid: number
  /** How often a generation is built, ms; null: on demand only. */
  readonly everyMs: number | null
}

/** Every partition of every event that a view reads, as the log has them now; the others have no state to cut. */
export const placesOf = async (
  log: Pick<EventLog, 'bounds'>,
  catalog: Catalog,
): Promise<readonly TopicPartition[]> => {
  const topics = [...new Set([...catalog.views.values()].map((view) => topicOf(view.from)))]
  const bounds = await Promise.all(topics.map((topic) => log.bounds(topic)))
  return topics.flatMap((topic, index) =>
    (bounds[index] ?? []).map(({ partition }) => ({ topic, partition })),
  )
}

export const keyOf = (place: TopicPartition): string => `${place.topic}/${place.partition}`
