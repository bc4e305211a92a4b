import { isPlatformError, sentenceOf } from '@tidewater/base'
import {
  pause,
  type LogBatch,
  type LogBounds,
  type LogReader,
  type LogSubscription,
  type TopicPartition,
} from '@tidewater/ports'
import type { ArchivedEvent } from './judge-record.ts'
import {
  archivePartition,
  type EntryLimits,
  type PartitionArchive,
  type PartitionEvents,
  type PartitionSetup,
} from './partition-archive.ts'

import type { Standing } from './watch-retention.ts'

export interface OwnedPartitionsSetup {
  readonly ports: PartitionSetup['ports'] & {
    readonly log: { bounds(topic: string): Promise<readonly LogBounds[]> }
  }
  readonly byTopic: ReadonlyMap<string, ArchivedEvent>
  readonly limits: EntryLimits
  readonly warn: (sentence: string, cause: unknown) => void
  /** The partitions of this worker from now on. */
  readonly owns: (places: readonly TopicPartition[]) => void
  /** There is a new entry. */
  readonly added: () => void
  readonly broken: (error: unknown) => void
}

const AGAIN_MS = 1000
const nameOf = (place: TopicPartition): string => `${place.topic}:${place.partition}`

const newCounters = () => ({
  events_archived: 0,
  events_dead: 0,
  dead_letters_truncated: 0,
  records_missed: 0,
  entries_added: 0,
  entries_lost: 0,
  archive_retries: 0,
  partitions_halted: 0,
})

/** The partitions this worker owns now, fed by the log's calls. Trouble of one never holds up another. */
export class OwnedPartitions implements LogReader {
  readonly counters = newCounters()
  readonly #setup: OwnedPartitionsSetup
  readonly #archives = new Map<string, PartitionArchive>()
  readonly #troubles = new Map<string, string>()
  /** Counts assignments: one that is late is nobody's any more. */
  #assignment = 0
  /** Batches may come, and ask something of the log, before `read` has answered. */
  readonly #reading = Promise.withResolvers<LogSubscription>()

  constructor(setup: OwnedPartitionsSetup) {
    this.#setup = setup
  }

  get names(): readonly string[] {
    return [...this.#archives.keys()]
  }

  get standings(): readonly Standing[] {
    return [...this.#archives.values()].map(({ standing }) => standing)
  }

  /** What stands still, as sentences for people. */
  get troubles(): readonly string[] {
    return [...this.#troubles.values()]
  }

  reads(subscription: LogSubscription): void {
    this.#reading.resolve(subscription)
  }

  async flush(): Promise<void> {
    await Promise.all([...this.#archives.values()].map((archive) => archive.flush()))
  }

  /** Nothing is taken over any more. */
  stop(): void {
    this.#assignment++
  }

  async assigned(places: readonly TopicPartition[]): Promise<readonly number[]> {
    const assignment = ++this.#assignment
    this.revoked([...this.#archives.values()].map(({ place }) => place))
    while (assignment === this.#assignment) {
      try {
        return await this.#takeOver(places, assignment)
      } catch (error) {
        if (!isPlatformError(error)) throw error
        this.counters.archive_retries++
        this.#setup.warn('the partitions are not taken over for the moment; trying again', error)
      }
      await pause(this.#setup.ports.timers, AGAIN_MS)
    }
    return places.map(() => 0)
  }

  revoked(places: readonly TopicPartition[]): void {
    for (const name of places.map(nameOf)) {
      this.#archives.get(name)?.drop()
      this.#archives.delete(name)
      this.#troubles.delete(name)
    }
  }

  async batch(batch: LogBatch): Promise<void> {
    await this.#archives.get(nameOf(batch))?.take(batch)
  }

  /** Where reading of a partition goes on; a log that lost archived records is not read. */
  async outOfRange(place: TopicPartition, bounds: LogBounds): Promise<number | null> {
    const archive = this.#archives.get(nameOf(place))
    if (archive === undefined) return null
    const next = await archive.follow(bounds)
    if (next === null) this.#halt(place, bounds.high, archive.next)
    return next
  }

  async #takeOver(places: readonly TopicPartition[], assignment: number): Promise<readonly number[]> {
    const { ports, owns } = this.#setup
    const archives = await Promise.all(places.map((place) => this.#open(place)))
    // Asked after the lake, so that the log's end is never older than what another archiver has added meanwhile.
    const bounds = await boundsOf(ports.log, places)
    if (assignment !== this.#assignment) return places.map(() => 0)
    for (const archive of archives) this.#archives.set(nameOf(archive.place), archive)
    owns(places)
    return Promise.all(
      archives.map(async (archive, index) => {
        const found = bounds[index]
        // A halted partition is sent to its end all the same: the log then asks about it, and is told to wait.
        return (found && (await this.outOfRange(archive.place, found))) ?? archive.next
      }),
    )
  }

  #open(place: TopicPartition): Promise<PartitionArchive> {
    const { ports, byTopic, limits } = this.#setup
    const archived = byTopic.get(place.topic)
    if (archived === undefined) throw new Error(`topic ${place.topic} has no event`)
    return archivePartition({
      place,
      archived,
      ports,
      limits,
      events: this.#eventsOf(place),
      isOverShare: (bytes) => this.#isOverShare(bytes),
    })
  }

  /** When all hold too much, the largest have more than their share; so all together never hold twice as much. */
  #isOverShare(bytes: number): boolean {
    const { heldBytes } = this.#setup.limits
    if (bytes * this.#archives.size < heldBytes) return false
    let held = 0
    for (const archive of this.#archives.values()) held += archive.bytes
    return held >= heldBytes
  }

  #halt(place: TopicPartition, end: number, archived: number): void {
    const sentence =
      `the log of ${place.topic}/${place.partition} ends at ${end}, but records below ${archived} are archived: ` +
      'its topic was replaced; restore it, or start with another LAKE_DIR'
    if (this.#troubles.get(nameOf(place)) === sentence) return
    this.counters.partitions_halted++
    this.#troubles.set(nameOf(place), sentence)
    this.#setup.warn(sentence, null)
  }

  #eventsOf(place: TopicPartition): PartitionEvents {
    const { counters } = this
    const { warn, added, broken } = this.#setup
    const name = nameOf(place)
    const assignment = this.#assignment
    const whenReading = (act: (subscription: LogSubscription) => void): void => {
      // what was asked for under an assignment that has ended is nobody's any more
      const actIfOurs = (subscription: LogSubscription): void =>
        assignment === this.#assignment ? act(subscription) : undefined
      this.#reading.promise.then(actIfOurs).catch(broken)
    }
    return {
      broken,
      added: (entry) => {
        counters.entries_added++
        counters.events_archived += entry.rows
        counters.events_dead += entry.dead.length
        counters.dead_letters_truncated += entry.truncated
        counters.records_missed += entry.missed
        added()
      },
      lost: () => void counters.entries_lost++,
      moved: (next) => whenReading((subscription) => subscription.seek(place, next)),
      failed: (error) => {
        counters.archive_retries++
        whenReading((subscription) => subscription.pause([place]))
        const sentence = `${name} is not archived for the moment; trying again`
        this.#troubles.set(name, `${sentence}: ${sentenceOf(error)}`)
        warn(sentence, error)
      },
      recovered: () => {
        this.#troubles.delete(name)
        whenReading((subscription) => subscription.resume([place]))
      },
      missed: (from, next) =>
        warn(
          `records [${from}, ${next}) of ${place.topic}/${place.partition} were deleted by retention before they were archived: load them again from their source`,
          null,
        ),
    }
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
