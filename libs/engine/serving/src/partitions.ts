import { isPlatformError } from '@tidewater/base'
import type { Clock, EventLog, Lake, LogBounds, StateStore, Timers, TopicPartition } from '@tidewater/ports'
import { decodeHeader } from '@tidewater/seam'
import { within } from './deadline.ts'

/** Headers say when a topic has grown; a topic that was made anew with fewer partitions is noticed after this. */
const COUNT_FRESH_MS = 30_000
const ENDS_FRESH_MS = 500
const ARCHIVED_FRESH_MS = 1_000
/** An answer waits this long for the log to say where it ends, then does without. */
const LOG_PATIENCE_MS = 1_000

export interface LogEnd extends LogBounds {
  /** When this process first saw a record in the partition, ms. */
  readonly seenAt: number
}

export interface LogEnds {
  /** By partition, as last known; empty when the log has never answered. */
  readonly byPartition: ReadonlyMap<number, LogEnd>
  /** False: the log does not answer now. */
  readonly isCurrent: boolean
}

export interface Partitions {
  /** Partitions of a topic, as the state store knows them: no question needs the log. */
  count(topic: string): number | Promise<number>
  /** A header told of more partitions than were known. */
  grow(topic: string, count: number): void
  /** Where each partition of the log begins and ends, half a second old at most while the log answers. */
  ends(topic: string): Promise<LogEnds>
  /** Up to where a partition is archived, a second old at most; as last known when the lake does not answer. */
  archived(place: TopicPartition): Promise<number>
}

export interface PartitionsPorts {
  readonly store: Pick<StateStore, 'header'>
  readonly log: Pick<EventLog, 'bounds'>
  readonly lake: Pick<Lake, 'next'>
  readonly clock: Clock
  readonly timers?: Timers
}

export const createPartitions = (ports: PartitionsPorts): Partitions => ({
  ...createCounts(ports),
  ends: createEnds(ports),
  archived: createArchived(ports),
})

const createCounts = ({ store, log, clock }: PartitionsPorts): Pick<Partitions, 'count' | 'grow'> => {
  const known = new Map<string, { readonly count: number; readonly at: number }>()
  const asking = shared(async (topic) => {
    const stored = await store.header({ topic, partition: 0 })
    const told = stored === null ? 0 : decodeHeader(stored).partitions
    // Nobody has made headers yet, or a worker of an earlier version did.
    const count = told > 0 ? told : (await log.bounds(topic)).length
    known.set(topic, { count, at: clock.elapsed() })
    return count
  })
  return {
    count: (topic) => {
      const found = known.get(topic)
      return found !== undefined && clock.elapsed() - found.at < COUNT_FRESH_MS ? found.count : asking(topic)
    },
    grow: (topic, count) => known.set(topic, { count, at: clock.elapsed() }),
  }
}

const NEVER: LogEnds = { byPartition: new Map(), isCurrent: false }

const createEnds = ({ log, clock, timers }: PartitionsPorts): Partitions['ends'] => {
  const known = new Map<string, { readonly ends: LogEnds; readonly at: number }>()
  const asking = shared((topic) => log.bounds(topic))
  return shared(async (topic) => {
    const found = known.get(topic)
    if (found !== undefined && clock.elapsed() - found.at < ENDS_FRESH_MS) return found.ends
    const last = found?.ends ?? NEVER
    const ends = await within(timers, LOG_PATIENCE_MS, 'the log', asking(topic)).then(
      (bounds) => ({ byPartition: seen(bounds, last, clock.now()), isCurrent: true }),
      (error: unknown) => {
        if (!isPlatformError(error)) throw error
        return { ...last, isCurrent: false }
      },
    )
    known.set(topic, { ends, at: clock.elapsed() })
    return ends
  })
}

const createArchived = ({ lake, clock }: PartitionsPorts): Partitions['archived'] => {
  const known = new Map<string, { readonly next: number; readonly at: number }>()
  return async (place) => {
    const name = `${place.topic}:${place.partition}`
    const found = known.get(name)
    if (found !== undefined && clock.elapsed() - found.at < ARCHIVED_FRESH_MS) return found.next
    // Whatever keeps the lake from answering, questions are not about it.
    const next = await lake.next(place).catch(() => found?.next ?? 0)
    known.set(name, { next, at: clock.elapsed() })
    return next
  }
}

const seen = (bounds: readonly LogBounds[], last: LogEnds, now: number): Map<number, LogEnd> =>
  new Map(
    bounds.map((bound) => {
      const before = last.byPartition.get(bound.partition)
      const seenAt = before !== undefined && before.high > before.low ? before.seenAt : now
      return [bound.partition, { ...bound, seenAt }]
    }),
  )

/** Whoever asks while the same is being asked gets the same answer. */
const shared = <T>(ask: (topic: string) => Promise<T>): ((topic: string) => Promise<T>) => {
  const running = new Map<string, Promise<T>>()
  return (topic) => {
    const known = running.get(topic)
    if (known !== undefined) return known
    const asked = ask(topic).finally(() => running.delete(topic))
    running.set(topic, asked)
    return asked
  }
}
