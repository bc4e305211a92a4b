import {
  announceWorker,
  warnOfRegistry,
  type Clock,
  type DeadTable,
  type EventLog,
  type Lake,
  type ParquetWriter,
  type RawTables,
  type StateStore,
  type Timers,
  type WorkerRegistry,
} from '@tidewater/ports'
import { topicOf } from 'tidewater'
import { ARCHIVE_FLUSH } from './close-entry.ts'
import { loadDeadLetters, type DeadLoader } from './dead-loader.ts'
import type { ArchivedEvent } from './judge-record.ts'
import { OwnedPartitions } from './owned-partitions.ts'
import { ENTRY_LIMITS, type EntryLimits } from './partition-archive.ts'
import { watchRetention } from './watch-retention.ts'
import { createRawLoader, type RawLoader } from './raw-loader.ts'

export interface ArchivePorts {
  readonly log: EventLog
  readonly lake: Lake
  readonly writer: ParquetWriter
  readonly store: Pick<StateStore, 'notify' | 'listen'>
  /** Null: there is no SQL warehouse beside the lake. */
  readonly raw: RawTables | null
  /** Where SQL finds dead letters; null, or left out: nowhere. */
  readonly deadTable?: DeadTable | null
  readonly registry: WorkerRegistry
  readonly clock: Clock
  readonly timers: Timers
}

export interface ArchiveOptions {
  /** Unique name of this worker. */
  readonly name: string
  readonly pid: number
  readonly events: readonly ArchivedEvent[]
  readonly limits?: EntryLimits
  /** Said once per trouble: a sentence for the log and its cause. */
  readonly warn: (sentence: string, cause: unknown) => void
}

export interface RunningArchive {
  /** Closes what is open, leaves the group. */
  stop(): Promise<void>
  /** Rejects with the cause when reading ends by itself. */
  readonly done: Promise<void>
  counters(): Readonly<Record<string, number>>
}

const GROUP = 'tidewater-archive'
/** A partition. More makes entries no faster, and all partitions are fetched together. */
const FETCH_BYTES = 1 << 20
/** How long a fetch of nothing new waits: what comes is answered at once, and each costs the broker the look at every partition. */
const IDLE_WAIT_MS = 1_000

/** Copies the log into the lake, and lake entries into the raw tables, until stopped. Any number of workers share the partitions. */
export const runArchive = async (ports: ArchivePorts, options: ArchiveOptions): Promise<RunningArchive> => {
  const byTopic = new Map(options.events.map((archived) => [topicOf(archived.event.name), archived]))
  const ended = Promise.withResolvers<void>()
  ended.promise.catch(() => undefined)
  const loader = loaderOf(ports, options, byTopic, ended.reject)
  const owned = new OwnedPartitions({
    ...{ ports, byTopic, warn: options.warn, broken: ended.reject },
    limits: options.limits ?? ENTRY_LIMITS,
    owns: (places) => loader?.own(places),
    added: () => loader?.wake('new'),
  })
  const retention = watchRetention(ports, () => owned.standings, { warn: options.warn, broken: ended.reject })
  let stopping = false
  const unlisten = await ports.store.listen(ARCHIVE_FLUSH, () => {
    if (!stopping) owned.flush().catch(ended.reject)
    loader?.wake('recount')
  })
  const subscription = await ports.log.read(
    { group: GROUP, topics: [...byTopic.keys()], maxBytesPerPartition: FETCH_BYTES, maxWaitMs: IDLE_WAIT_MS },
    owned,
  )
  owned.reads(subscription)
  subscription.done.then(ended.resolve, ended.reject)
  const deadLoader = deadLoaderOf(ports, options, ended.reject)
  const counters = () => ({
    ...{ ...owned.counters, ...retention.counters },
    ...{ ...loader?.counters, ...deadLoader?.counters },
  })
  const announced = announceWorker(
    ports,
    { name: options.name, role: 'archive', pid: options.pid },
    () => ({
      partitions: owned.names,
      counters: counters(),
      troubles: [...owned.troubles, ...retention.troubles],
    }),
    warnOfRegistry(options.warn, ended.reject),
  )

  return {
    done: ended.promise,
    counters,
    stop: async () => {
      stopping = true
      announced.silence()
      await unlisten()
      owned.stop()
      retention.stop()
      const close = async (): Promise<void> => {
        await owned.flush()
        await subscription.stop()
        await loader?.stop()
      }
      // Both wait for their fetch under way.
      await Promise.all([close(), deadLoader?.stop()])
      await announced.leave()
    },
  }
}

const deadLoaderOf = (
  { log, timers, deadTable: table = null }: ArchivePorts,
  { events, warn }: ArchiveOptions,
  broken: (error: unknown) => void,
): DeadLoader | null => {
  if (table === null) return null
  const failed = (error: unknown): void =>
    warn('the SQL warehouse takes no dead letters for the moment; trying again', error)
  return loadDeadLetters(
    { log, timers, table },
    events.map(({ event }) => event),
    { failed, broken },
  )
}

const loaderOf = (
  ports: ArchivePorts,
  options: ArchiveOptions,
  byTopic: ReadonlyMap<string, ArchivedEvent>,
  broken: (error: unknown) => void,
): RawLoader | null => {
  if (ports.raw === null) return null
  const events = new Map([...byTopic].map(([topic, archived]) => [topic, archived.event]))
  const failed = (error: unknown): void =>
    options.warn('the SQL warehouse takes no rows for the moment; trying again', error)
  return createRawLoader({ ...ports, raw: ports.raw }, events, failed, broken)
}
