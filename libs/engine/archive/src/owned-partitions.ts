import { isPlatformError, sentenceOf } from '@tidewater/base'
import {
  pause,
  type LogBounds,
  type LogReader,
  type LogSubscription,
  type TopicPartition,
} from '@tidewater/ports'
import type { ArchivedEvent } from './judge-record.ts'
import {
  archivePartition,
  ENTRY_LIMITS,
  type EntryLimits,
  type PartitionArchive,
  type PartitionEvents,
  type PartitionSetup,
} from './partition-archive.ts'

export interface OwnedPartitionsSetup {
  readonly ports: PartitionSetup['ports'] & {
    readonly log: { bounds(topic: string): Promise<readonly LogBounds[]> }
  }
  readonly byTopic: ReadonlyMap<string, ArchivedEvent>
  readonly limits?: EntryLimits
  readonly warn: (sentence: string, cause: unknown) => void
  /** The partitions of this worker from now on. */
  readonly owns: (places: readonly TopicPartition[]) => void
  /** There is a new entry. */
  readonly added: () => void
  readonly broken: (error: unknown) => void
}

export interface OwnedPartitions {
  readonly reader: LogReader
  readonly counters: Readonly<Record<string, number>>
  names(): readonly string[]
  /** What stands still, as sentences for people. */
  troubles(): readonly string[]
  reads(subscription: LogSubscription): void
  flush(): Promise<void>
  /** Nothing is taken over any more. */
  stop(): void
}

const AGAIN_MS = 1000
const nameOf = (place: TopicPartition): string => `${place.topic}:${place.partition}`

const newCounters = () => ({
  events_archived: 0,
  events_dead: 0,
  records_missed: 0,
  entries_added: 0,
  entries_lost: 0,
  archive_retries: 0,
  partitions_halted: 0,
})

/** The partitions this worker owns now, and the log's calls that feed them. Trouble of one never holds up another. */
export const ownedPartitions = (setup: OwnedPartitionsSetup): OwnedPartitions => {
  const { ports, byTopic, warn } = setup
  const counters = newCounters()
  const owned = new Map<string, PartitionArchive>()
  const troubles = new Map<string, string>()
  let assignment = 0
  let subscription: LogSubscription | null = null
  const eventsOf = (place: TopicPartition): PartitionEvents => ({
    added: (entry) => {
      counters.entries_added++
      counters.events_archived += entry.rows
      counters.events_dead += entry.dead.length
      counters.records_missed += entry.missed
      setup.added()
    },
    lost: () => void counters.entries_lost++,
    moved: (next) => subscription?.seek(place, next),
    failed: (error) => {
      counters.archive_retries++
      subscription?.pause([place])
      const sentence = `${nameOf(place)} is not archived for the moment; trying again`
      troubles.set(nameOf(place), `${sentence}: ${sentenceOf(error)}`)
      warn(sentence, error)
    },
    recovered: () => {
      troubles.delete(nameOf(place))
      subscription?.resume([place])
    },
    missed: (from, next) =>
      warn(
        `records [${from}, ${next}) of ${place.topic}/${place.partition} were deleted by retention before they were archived: load them again from their source`,
        null,
      ),
    broken: setup.broken,
  })
  const open = (place: TopicPartition): Promise<PartitionArchive> => {
    const archived = byTopic.get(place.topic)
    if (archived === undefined) throw new Error(`topic ${place.topic} has no event`)
    const limits = setup.limits ?? ENTRY_LIMITS
    return archivePartition({ place, archived, ports, limits, events: eventsOf(place) })
  }
  /** Where reading of a partition goes on; a log that lost archived records is not read, and the others do not wait for it. */
  const follow = async (place: TopicPartition, bounds: LogBounds): Promise<number | null> => {
    const archive = owned.get(nameOf(place))
    if (archive === undefined) return null
    const next = await archive.follow(bounds)
    if (next !== null) return next
    const sentence =
      `the log of ${place.topic}/${place.partition} ends at ${bounds.high}, but records below ${archive.next} are archived: ` +
      'its topic was replaced; restore it, or start with another LAKE_DIR'
    if (troubles.get(nameOf(place)) === sentence) return null
    counters.partitions_halted++
    troubles.set(nameOf(place), sentence)
    warn(sentence, null)
    return null
  }
  const takeOver = async (places: readonly TopicPartition[], mine: number): Promise<readonly number[]> => {
    const archives = await Promise.all(places.map(open))
    // Asked after the lake, so that the log's end is never older than what another archiver has added meanwhile.
    const bounds = await boundsOf(ports.log, places)
    if (mine !== assignment) return places.map(() => 0)
    places.forEach((place, index) => owned.set(nameOf(place), archives[index] as PartitionArchive))
    setup.owns(places)
    return Promise.all(
      places.map(async (place, index) => {
        const found = bounds[index]
        // A halted partition is sent to its end all the same: the log then asks about it, and is told to wait.
        return (found && (await follow(place, found))) ?? archives[index]?.next ?? 0
      }),
    )
  }
  const reader: LogReader = {
    assigned: async (places) => {
      const mine = ++assignment
      for (const archive of owned.values()) archive.drop()
      owned.clear()
      troubles.clear()
      for (;;) {
        try {
          return await takeOver(places, mine)
        } catch (error) {
          if (!isPlatformError(error)) throw error
          counters.archive_retries++
          warn('the partitions are not taken over for the moment; trying again', error)
        }
        await pause(ports.timers, AGAIN_MS)
        // A later assignment replaces this one; its answer counts no more.
        if (mine !== assignment) return places.map(() => 0)
      }
    },
    revoked: (places) => {
      for (const place of places) {
        owned.get(nameOf(place))?.drop()
        owned.delete(nameOf(place))
        troubles.delete(nameOf(place))
      }
    },
    batch: async (batch) => {
      await owned.get(nameOf(batch))?.take(batch)
    },
    outOfRange: follow,
  }
  return {
    reader,
    counters,
    names: () => [...owned.keys()],
    troubles: () => [...troubles.values()],
    reads: (started) => {
      subscription = started
    },
    flush: async () => {
      await Promise.all([...owned.values()].map((archive) => archive.flush()))
    },
    stop: () => void assignment++,
  }
}

/** The log's bounds of each place, in their order. */
const boundsOf = async (
  log: OwnedPartitionsSetup['ports']['log'],
  places: readonly TopicPartition[],
): Promise<readonly (LogBounds | undefined)[]> => {
  const topics = [...new Set(places.map(({ topic }) => topic))]
  const found = new Map(
    await Promise.all(topics.map(async (topic) => [topic, await log.bounds(topic)] as const)),
  )
  return places.map(({ topic, partition }) =>
    found.get(topic)?.find((bounds) => bounds.partition === partition),
  )
}
