import type {
  Clock,
  EventLog,
  Lake,
  LogReader,
  LogSubscription,
  ParquetWriter,
  RawTables,
  StateStore,
  Timers,
  TopicPartition,
  WorkerRegistry,
} from '@tidewater/ports'
import { topicOf } from 'tidewater'
import { ARCHIVE_FLUSH } from './close-entry.ts'
import type { ArchivedEvent } from './judge-record.ts'
import {
  archivePartition,
  ENTRY_LIMITS,
  type EntryLimits,
  type PartitionArchive,
  type PartitionEvents,
} from './partition-archive.ts'
import { createRawLoader, type RawLoader } from './raw-loader.ts'

export interface ArchivePorts {
  readonly log: EventLog
  readonly lake: Lake
  readonly writer: ParquetWriter
  readonly store: Pick<StateStore, 'notify' | 'listen'>
  /** Null: there is no SQL warehouse beside the lake. */
  readonly raw: RawTables | null
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
const ANNOUNCE_EVERY_MS = 5000
const ANNOUNCE_TTL_MS = 15_000
const keyOf = (place: TopicPartition): string => `${place.topic}:${place.partition}`

/** Copies the log into the lake, and lake entries into the raw tables, until stopped. Any number of workers share the partitions. */
export const runArchive = async (ports: ArchivePorts, options: ArchiveOptions): Promise<RunningArchive> => {
  const byTopic = new Map(options.events.map((archived) => [topicOf(archived.event.name), archived]))
  const loader = loaderOf(ports, options, byTopic)
  const reading = readerOf(ports, options, byTopic, loader)
  const startedAt = ports.clock.now()
  let stopping = false
  const unlisten = await ports.store.listen(ARCHIVE_FLUSH, () => {
    if (!stopping) void reading.flush()
    loader?.wake('recount')
  })
  const subscription = await ports.log.read(
    { group: GROUP, topics: [...byTopic.keys()], maxBytesPerPartition: 4 * 1024 * 1024, maxWaitMs: 500 },
    reading.reader,
  )
  reading.reads(subscription)
  const counters = () => ({ ...reading.counters, ...loader?.counters })
  const announce = (): void => {
    if (stopping) return
    const worker = {
      name: options.name,
      role: 'archive' as const,
      pid: options.pid,
      startedAt,
      partitions: reading.owned(),
      counters: counters(),
    }
    ports.registry
      .announce(worker, ANNOUNCE_TTL_MS)
      .catch((error: unknown) => options.warn('the worker registry is away', error))
    ports.timers.after(ANNOUNCE_EVERY_MS, announce)
  }
  announce()

  return {
    done: subscription.done,
    counters,
    stop: async () => {
      stopping = true
      await unlisten()
      await reading.flush()
      await subscription.stop()
      await loader?.stop()
      await ports.registry.leave(options.name).catch(() => undefined)
    },
  }
}

const newCounters = () => ({
  events_archived: 0,
  events_dead: 0,
  entries_added: 0,
  entries_lost: 0,
  archive_retries: 0,
})

/** The partitions this worker owns now, and the log's calls that feed them. */
const readerOf = (
  ports: ArchivePorts,
  options: ArchiveOptions,
  byTopic: ReadonlyMap<string, ArchivedEvent>,
  loader: RawLoader | null,
) => {
  const counters = newCounters()
  const owned = new Map<string, PartitionArchive>()
  let subscription: LogSubscription | null = null
  const eventsOf = (place: TopicPartition): PartitionEvents => ({
    added: (entry) => {
      counters.entries_added++
      counters.events_archived += entry.rows
      counters.events_dead += entry.dead.length
      loader?.wake('new')
    },
    lost: (next) => {
      counters.entries_lost++
      subscription?.seek(place, next)
    },
    failed: (error) => {
      counters.archive_retries++
      subscription?.pause([place])
      options.warn(`${keyOf(place)} is not archived for the moment; trying again`, error)
    },
    recovered: () => subscription?.resume([place]),
  })
  const open = (place: TopicPartition): Promise<PartitionArchive> => {
    const archived = byTopic.get(place.topic)
    if (archived === undefined) throw new Error(`topic ${place.topic} has no event`)
    return archivePartition({
      place,
      archived,
      ports,
      limits: options.limits ?? ENTRY_LIMITS,
      events: eventsOf(place),
    })
  }
  const reader: LogReader = {
    assigned: async (places) => {
      for (const archive of owned.values()) archive.drop()
      owned.clear()
      const archives = await Promise.all(places.map(open))
      places.forEach((place, index) => owned.set(keyOf(place), archives[index] as PartitionArchive))
      loader?.own(places)
      await warnOfGaps(ports.log, places, archives, options.warn)
      return archives.map((archive) => archive.start)
    },
    revoked: (places) => {
      for (const place of places) {
        owned.get(keyOf(place))?.drop()
        owned.delete(keyOf(place))
      }
    },
    batch: async (batch) => {
      await owned.get(keyOf(batch))?.take(batch)
    },
  }
  return {
    reader,
    counters,
    owned: () => [...owned.keys()],
    reads: (started: LogSubscription): void => {
      subscription = started
    },
    flush: async (): Promise<void> => {
      await Promise.all([...owned.values()].map((archive) => archive.flush()))
    },
  }
}

const loaderOf = (
  ports: ArchivePorts,
  options: ArchiveOptions,
  byTopic: ReadonlyMap<string, ArchivedEvent>,
): RawLoader | null => {
  if (ports.raw === null) return null
  const events = new Map([...byTopic].map(([topic, archived]) => [topic, archived.event]))
  return createRawLoader({ ...ports, raw: ports.raw }, events, (error) =>
    options.warn('the SQL warehouse takes no rows for the moment; trying again', error),
  )
}

/** Records deleted by retention before they were archived are gone for good: the least is to say so (L9). */
const warnOfGaps = async (
  log: EventLog,
  places: readonly TopicPartition[],
  archives: readonly PartitionArchive[],
  warn: ArchiveOptions['warn'],
): Promise<void> => {
  for (const topic of new Set(places.map((place) => place.topic))) {
    const low = new Map((await log.bounds(topic)).map((bounds) => [bounds.partition, bounds.low]))
    places.forEach((place, index) => {
      const start = archives[index]?.start ?? 0
      const kept = low.get(place.partition) ?? 0
      if (place.topic === topic && kept > start)
        warn(
          `the log begins at ${kept} and the archive of ${keyOf(place)} ends at ${start}: records between were deleted unarchived`,
          null,
        )
    })
  }
}
