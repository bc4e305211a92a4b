import type { Row } from '@tidewater/plan'
import type { Value } from '@tidewater/expr'
import type { FieldDefinition, ViewDefinition } from 'tidewater'
import { randomValue, randomSchema } from './random-schema.ts'
import type { Schema } from './random-schema.ts'
import { randomSource } from './random-stream.ts'
import { randomView } from './random-view.ts'
import { createRandom } from './random.ts'
import type { Random } from './random.ts'

/** A record of the log: where it stands, when it was appended (prefix maximum), its envelope id and its fields. */
export interface LoggedRow {
  readonly partition: number
  readonly offset: number
  readonly appendedAt: number
  readonly id: string
  readonly row: Row
}

export interface Case {
  readonly seed: number
  readonly schema: Schema
  readonly view: ViewDefinition
  readonly rows: readonly LoggedRow[]
  /** First offset of the second half of the log, the same in every partition: the cut. */
  readonly cut: number
  readonly asOf: number
  /** Newest event time by which tiles are trimmed; null: none are. */
  readonly newest: number | null
}

/** Seeds of one group share their event type, so the engines load their rows at once; each has ten partitions of its own. */
export const GROUP = 10

export const schemaOf = (seed: number): Schema => {
  const group = Math.floor(seed / GROUP)
  return randomSchema(createRandom(group * 7919 + 17), `Parity${group}`)
}

/** Two seeds share a definition and its moment: the engines plan a statement once for both logs. */
export const definitionSeedOf = (seed: number): number => Math.floor(seed / 2)

/** Everything about a case follows from its seed. */
export function caseOf(seed: number, schema: Schema): Case {
  const random = createRandom(definitionSeedOf(seed) * 104_729 + 1)
  const name = `View${definitionSeedOf(seed)}`
  const source = randomSource(createRandom(definitionSeedOf(seed) * 32_452_843 + 5), schema, name)
  const view = randomView(random, schema, name, source)
  const base = random.pick([
    Date.UTC(2026, 2, 29, 1),
    Date.UTC(2024, 1, 29),
    Date.UTC(2000, 11, 31, 23, 59),
    -1,
    Date.UTC(1965, 5, 1),
  ])
  // Half of the logs beat in steps of a session's gap or a tile, where `<` and `<=` differ most.
  const step = random.chance(0.5) ? random.pick([1000, 60_000, 1_800_000]) : null
  const spread = step === null ? random.pick([3_000, 600_000, 7_200_000, 40 * 86_400_000]) : 12 * step
  const newest = base + spread
  const trims = random.chance(0.5)
  const oldest = trims ? newest - 3_600_000 : base
  const moments = random.times(4, () => base + random.int(0, spread))
  const log: Log = { base, spread, step, moments, firstPartition: firstPartitionOf(seed) }
  const free = random.pick([newest, newest + random.int(0, 7_200_000), base + random.int(0, spread)])
  const asOf = Math.max(oldest, random.chance(0.3) ? free : momentOf(random, log))
  const rows = randomRows(createRandom(seed * 15_485_863 + 3), schema, log)
  return { seed, schema, view, rows, asOf, cut: random.int(0, 12), newest: trims ? newest : null }
}

/** A moment of the log, by chance at exactly a gap, an expiry or a window from another. */
function momentOf(random: Random, { base, spread, step, moments }: Log): number {
  if (step !== null) return base + step * random.int(0, 12)
  return random.chance(0.5) ? edge(random, moments) : base + random.int(0, spread)
}

const edge = (random: Random, moments: readonly number[]): number =>
  random.pick(moments) + random.pick([0, 0, 1000, 1000, 60_000, 60_000, 600_000, 1_800_000, 3_600_000])

/** Each seed of a group has ten partitions of its own. */
export const firstPartitionOf = (seed: number): number => (seed % GROUP) * 10

interface Log {
  readonly base: number
  readonly spread: number
  /** Every time is a multiple of it from `base`; null: any. */
  readonly step: number | null
  readonly moments: readonly number[]
  readonly firstPartition: number
}

function randomRows(random: Random, schema: Schema, log: Log): LoggedRow[] {
  const ids = random.int(5, 60)
  const grid = log.step === null ? random.pick([1, 1, 1000]) : 1
  const last = log.base + log.spread
  const few = random.chance(log.step === null ? 0.4 : 0.7)
  return random
    .times(random.int(1, 3), (nth) => {
      let offset = random.int(0, 3)
      let appendedAt = last
      return random.times(random.pick([0, 1, 5, 20]), (): LoggedRow => {
        offset += random.chance(0.8) ? 1 : random.int(1, 9)
        appendedAt += random.pick([0, 1, 1000, 60_000, 3_600_000])
        const near = Math.min(last, Math.floor(momentOf(random, log) / grid) * grid)
        const value = (field: FieldDefinition): Value => {
          if (field.name === schema.event.time) return near
          // From before the field was required.
          if (!field.optional && random.chance(0.06)) return null
          const drawn = randomValue(field, random, near)
          // Many rows of one key: what sessions, ties and bounds are about.
          return few && ['id', 'text'].includes(field.type.kind) && drawn !== null ? 'a' : drawn
        }
        const row = Object.fromEntries(schema.event.fields.map((field) => [field.name, value(field)]))
        return { partition: log.firstPartition + nth, offset, appendedAt, id: `id${random.int(0, ids)}`, row }
      })
    })
    .flat()
}

/** Semantics I2, written down a second time: the nearest earlier copy of the id in the partition is too close. */
export function withoutDuplicates(rows: readonly LoggedRow[], horizonMs: number): readonly LoggedRow[] {
  const last = new Map<string, number>()
  return rows.filter(({ partition, id, appendedAt }) => {
    const key = `${partition}/${id}`
    const before = last.get(key)
    last.set(key, appendedAt)
    return before === undefined || before < appendedAt - horizonMs
  })
}
