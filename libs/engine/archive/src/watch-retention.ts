import { isPlatformError } from '@tidewater/base'
import type { Clock, EventLog, LogBounds, Timers, TopicPartition } from '@tidewater/ports'

/** How far a partition is archived, durably. */
export interface Standing {
  readonly place: TopicPartition
  readonly archived: number
  /** The first record that is not archived was appended then or later, ms; null: not known. */
  readonly appendedSince: number | null
}

export interface RetentionWatch {
  /** One look; the watch looks by itself too. Rejects only for faults of the program. */
  check(): Promise<void>
  /** Of partitions whose records are about to be deleted before they are archived. */
  readonly troubles: readonly string[]
  readonly counters: { retention_alarms: number }
  stop(): void
}

const EVERY_MS = 30_000
/** Less than this share of the time, or of the records kept, is too near. */
const NEAR = 0.25

/** Kafka's retention must not pass what is archived (semantics A1): this says so before it does. */
export const watchRetention = (
  ports: {
    readonly log: Pick<EventLog, 'bounds' | 'retentionMs'>
    readonly clock: Pick<Clock, 'now'>
    readonly timers: Timers
  },
  standings: () => readonly Standing[],
  told: {
    readonly warn: (sentence: string, cause: unknown) => void
    readonly broken: (error: unknown) => void
  },
): RetentionWatch => {
  const counters = { retention_alarms: 0 }
  /** At risk when last looked, by partition: how often in a row, and what to say of it. */
  let risks = new Map<string, { readonly looks: number; readonly sentence: string }>()
  const check = async (): Promise<void> => {
    const found: typeof risks = new Map()
    for (const { topic, own } of byTopic(standings())) {
      const [bounds, retentionMs] = await Promise.all([ports.log.bounds(topic), ports.log.retentionMs(topic)])
      for (const standing of own) {
        const { partition } = standing.place
        const log = bounds.find((candidate) => candidate.partition === partition)
        const sentence = log === undefined ? null : riskOf(standing, log, retentionMs, ports.clock.now())
        if (sentence === null) continue
        const name = `${topic}/${partition}`
        const looks = (risks.get(name)?.looks ?? 0) + 1
        found.set(name, { looks, sentence })
        // Once is no risk: a record that comes after a long silence is behind until its entry closes.
        if (looks !== 2) continue
        counters.retention_alarms++
        told.warn(sentence, null)
      }
    }
    risks = found
  }
  const look = (): void => {
    cancel = ports.timers.after(EVERY_MS, look)
    check().catch((error: unknown) => {
      if (!isPlatformError(error)) return told.broken(error)
      told.warn('how near retention is to what is not archived is not known for the moment', error)
    })
  }
  let cancel = ports.timers.after(EVERY_MS, look)
  return {
    check,
    counters,
    get troubles() {
      return [...risks.values()].filter(({ looks }) => looks > 1).map(({ sentence }) => sentence)
    },
    stop: () => cancel(),
  }
}

const byTopic = (standings: readonly Standing[]) =>
  [...Map.groupBy(standings, ({ place }) => place.topic)].map(([topic, own]) => ({ topic, own }))

/** A sentence when little is left until retention deletes what is not archived; null when there is time. */
const riskOf = (
  { place, archived, appendedSince }: Standing,
  { low, high }: LogBounds,
  retentionMs: number,
  now: number,
): string | null => {
  if (archived >= high) return null
  const leftMs = retentionMs < 0 || appendedSince === null ? Infinity : appendedSince + retentionMs - now
  const leftRecords = archived - low
  const isNear = leftMs < retentionMs * NEAR || (low > 0 && leftRecords < (high - low) * NEAR)
  if (!isNear) return null
  const when = leftMs === Infinity ? '' : `in ${Math.max(0, Math.round(leftMs / 60_000))} min, `
  return (
    `retention deletes records of ${place.topic}/${place.partition} that are not archived ${when}${leftRecords} records on: ` +
    'see why the archive is behind, or raise RETENTION_MS'
  )
}
