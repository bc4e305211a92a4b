import type { World } from '@tidewater/testing/simulated'
import type { OffsetVector } from '@tidewater/ports'
import type { Counts } from './counts.ts'
import { SENT_TOPIC, SENT_VIEW, TOPIC, type Version } from './definitions.ts'
import { topicOfView, type Joined } from './joined.ts'
import { counted, difference, truth, type Counted, type Rows } from './oracle.ts'
import type { Retention } from './retention.ts'
import { countedOnce } from './sent-oracle.ts'
import type { Traffic } from './traffic.ts'

/** An answer with all it says of itself. */
export interface Answered {
  readonly view: string
  readonly rows: Rows
  readonly offsets: OffsetVector
  readonly asOf: number
  readonly degraded: readonly string[]
  readonly lagMs: number | null
  /** The one key that was asked for; null: all. */
  readonly key: string | null
}

/** What an answer says without lacking anything. */
const NOTES: readonly string[] = ['windows-after-last-event', 'lag-unknown']
const HOUR_MS = 3_600_000
const isNote = (name: string): boolean => name.startsWith('distinct:') || NOTES.includes(name)

const isDistinct = (name: string): boolean => name.startsWith('distinct:')

/** Offsets by partition. */
type Vector = readonly number[]

interface Scene {
  readonly world: World
  readonly traffic: Traffic
  readonly joined: Joined
  readonly retention: Retention
  readonly counts: Counts
}

/** What every answer is held against: the truth at its own offsets, and what it says of itself. */
export const createChecks = ({ world, traffic, joined, retention, counts }: Scene) => {
  /** The most any answer has shown of a partition, and of that, what was shown before the store was last lost. */
  let shown: number[] = []
  let lost: number[] = []
  let lostAt = 0
  const salesBelow = (offsets: OffsetVector): readonly Counted[] =>
    offsets.flatMap(({ partition, next }) => counted(traffic.taken[partition] ?? [], partition, next))
  /** Says that records are gone, of a partition whose log did lose some. */
  const isLost = (name: string, { degraded }: Answered): boolean => {
    const [, what, topic, partition] = /^(missing|halted|rebuilding):(.*)\/(\d+)$/.exec(name) ?? []
    if (topic === undefined || !retention.isShort({ topic, partition: Number(partition) })) return false
    // one that stands still does not come to the end of its rebuilding
    return what !== 'rebuilding' || degraded.includes(`halted:${topic}/${partition}`)
  }
  /** The sales that records of what was sent are made of, with the place where these stand. */
  const sentBelow = (offsets: OffsetVector): readonly Counted[] =>
    offsets.flatMap(({ partition, next }) =>
      countedOnce(traffic.made[partition] ?? [], next).flatMap(({ offset, from }) => {
        const sale = traffic.taken[from.partition]?.find((record) => record.offset === from.offset)?.sale
        return sale === null || sale === undefined ? [] : [{ ...sale, partition, offset }]
      }),
    )
  const isSent = ({ view }: Answered): boolean => view === SENT_VIEW
  const isJoined = ({ view }: Answered): boolean => topicOfView(view) !== null
  const flagged = ({ degraded }: Answered): boolean => degraded.some((name) => !isNote(name))

  const value = (answer: Answered, version: Version): string | null => {
    if (answer.degraded.includes('building')) {
      counts.add('building')
      return null
    }
    // what is missing is not in the answer, and it says so; only retention can bring that about
    if (answer.degraded.some((name) => name.startsWith('missing:'))) {
      counts.add('read_with_gap')
      return retention.isShortAnywhere ? null : `something is missing: ${answer.degraded.join(', ')}`
    }
    if (answer.degraded.some((name) => name.startsWith('halted:'))) {
      counts.add('read_while_halted')
      if (!retention.isShortAnywhere) return `a partition stands still: ${answer.degraded.join(', ')}`
    }
    if (isJoined(answer)) {
      counts.add('reads_joined')
      const made = joined.rows(answer.view, answer.offsets)
      // what was deleted before it was archived is in no state
      if (retention.isShortAnywhere) return null
      return typeof made === 'string' ? made : difference(answer.rows, made)
    }
    const sales = isSent(answer) ? sentBelow(answer.offsets) : salesBelow(answer.offsets)
    // L11: tiles are kept for an hour before the newest event; a question that was on its way for longer is not about them
    if (sales.some(({ at }) => at > answer.asOf + HOUR_MS)) {
      counts.add('asked_an_hour_ago')
      return null
    }
    const expected = truth(answer.view, version, sales, answer.asOf, answer.key ?? undefined)
    const why = difference(answer.rows, expected)
    if (why !== null) return why
    const full = [...expected.values()].some((row) => 'buyers' in row && row['buyers'] === null)
    const said = answer.degraded.includes('distinct:buyers')
    return full === said ? null : `distinct:buyers is ${said ? 'named though nothing is cut' : 'not named'}`
  }
  const lag = ({ offsets, lagMs, degraded }: Answered, began: number): string | null => {
    if (lagMs === null || degraded.includes('lag-unknown')) return null
    const behind = offsets.find(({ partition, next }) => next < traffic.endAt(partition, began - 4_000))
    if (lagMs === 0 && behind !== undefined)
      return `lagMs is 0 and partition ${behind.partition} is applied to ${behind.next} of ${traffic.endAt(behind.partition, began - 4_000)}`
    const now = world.time.now()
    const caughtUp = offsets.every(({ partition, next }) => next >= traffic.endAt(partition, now))
    return lagMs !== 0 && caughtUp ? `lagMs is ${lagMs} and nothing is left to apply` : null
  }
  const backwards = (answer: Answered, began: number, floor: Vector): string | null => {
    // it may have been read before, and only be late
    if (began < lostAt) return null
    for (const { partition, next } of answer.offsets) {
      if (next < (lost[partition] ?? 0)) {
        counts.add('read_while_rebuilding')
        if (!flagged(answer))
          return `partition ${partition} is at ${next}, ${lost[partition]} was shown before the store was lost, and nothing is flagged`
      }
      if (next < (floor[partition] ?? 0) && answer.degraded.every(isDistinct) && answer.lagMs === 0)
        return `partition ${partition} fell from ${floor[partition]} to ${next} and looks fresh`
    }
    return null
  }
  return {
    shown: (): Vector => [...shown],
    storeLost: (): void => {
      lost = [...shown]
      lostAt = world.time.now()
      shown = []
    },
    judge: (answer: Answered, version: Version, began: number, floor: Vector): string | null => {
      // what is said of how far an answer is, is said of the topic that everybody sends to
      if (isSent(answer) || isJoined(answer)) return value(answer, version)
      const why = backwards(answer, began, floor) ?? value(answer, version) ?? lag(answer, began)
      for (const { partition, next } of answer.offsets) {
        if (began >= lostAt) shown[partition] = Math.max(shown[partition] ?? 0, next)
        if (began >= lostAt && next >= (lost[partition] ?? 0)) lost[partition] = 0
      }
      if (flagged(answer)) counts.add('flagged')
      return why
    },
    /** Nothing is missing any more. */
    whole: (answer: Answered): string | null => {
      const halted = (partition: number): boolean =>
        answer.degraded.includes(
          `halted:${topicOfView(answer.view) ?? (isSent(answer) ? SENT_TOPIC : TOPIC)}/${partition}`,
        )
      const names = answer.degraded.filter((name) => !isNote(name) && !isLost(name, answer))
      if (names.length > 0) return `still degraded: ${names.join(', ')}`
      if (isSent(answer) || isJoined(answer)) {
        const endOf = (partition: number): number =>
          isJoined(answer)
            ? joined.endOf(answer.view, partition)
            : (traffic.made[partition]?.at(-1)?.offset ?? -1) + 1
        const open = answer.offsets.find(
          ({ partition, next }) => next < endOf(partition) && !halted(partition),
        )
        return open === undefined
          ? null
          : `what was sent to partition ${open.partition} is applied to ${open.next}`
      }
      const behind = answer.offsets.find(
        ({ partition, next }) => next < traffic.endAt(partition, Infinity) && !halted(partition),
      )
      if (behind !== undefined)
        return `partition ${behind.partition} is at ${behind.next} of ${traffic.endAt(behind.partition, Infinity)}`
      return answer.key === null && answer.offsets.length < traffic.taken.length
        ? 'partitions are missing'
        : null
    },
  }
}
