// The semantics written down as they are said, by counting: knows nothing of slices, machines, stores or SQL.
import { HORIZON_MS, REGIONS, type Version } from './definitions.ts'

/** A sale as it was meant. */
export interface Sale {
  readonly saleId: string
  readonly shop: string
  readonly at: number
  readonly kind: string
  readonly units: number
  /** Hundredths. */
  readonly cents: number | null
  readonly weight: number | null
  readonly buyer: string | null
}

/** A record as the log took it; `sale` is null when it is none. */
export interface Taken {
  readonly offset: number
  readonly appendedAt: number
  readonly sale: Sale | null
}

export interface Counted extends Sale {
  readonly partition: number
  readonly offset: number
}

/** I2: the sales that count among the records of a partition below `next`. */
export const counted = (records: readonly Taken[], partition: number, next: number): readonly Counted[] => {
  const lastCopy = new Map<string, number>()
  const found: Counted[] = []
  let appended = -Infinity
  for (const { offset, appendedAt, sale } of records) {
    if (offset >= next) break
    appended = Math.max(appended, appendedAt)
    if (sale === null) continue
    const before = lastCopy.get(sale.saleId)
    lastCopy.set(sale.saleId, appended)
    if (before === undefined || before < appended - HORIZON_MS) found.push({ ...sale, partition, offset })
  }
  return found
}

/** R3: the widest of the hops that divides the window and is at most a 60th of it. */
const hopOf = (windowMs: number): number => {
  const [s, m, h] = [1_000, 60_000, 3_600_000]
  const hops = [
    ...[1, 2, 5, 10, 15, 30].flatMap((n) => [n * s, n * m]),
    ...[1, 2, 3, 6, 12, 24].map((n) => n * h),
  ]
  return Math.max(...hops.filter((hop) => windowMs % hop === 0 && hop <= windowMs / 60))
}

/** Sales in the last window at `asOf` (ago 0), or in the one before (ago 1), by whole tiles. */
const within = (
  sales: readonly Counted[],
  windowMs: number,
  asOf: number,
  ago: 0 | 1,
): readonly Counted[] => {
  const hop = hopOf(windowMs)
  const end = (Math.floor(asOf / hop) + 1) * hop - ago * windowMs
  return sales.filter(({ at }) => at >= end - windowMs && at < end)
}

/** V4: by event time, then partition, then offset. */
const inTime = (sales: readonly Counted[]): readonly Counted[] =>
  [...sales].sort((a, b) => a.at - b.at || a.partition - b.partition || a.offset - b.offset)

const total = (values: readonly (number | null)[]): number => values.reduce<number>((a, b) => a + (b ?? 0), 0)
const known = (values: readonly (number | null)[]): readonly number[] => values.filter((v) => v !== null)

/** V5: seconds from the first to the last event of the session that is open at `asOf`, else 0. */
const sitting = (sales: readonly Counted[], gapMs: number, asOf: number): number => {
  let open: [number, number] | null = null
  const sessions: [number, number][] = []
  for (const { at } of inTime(sales)) {
    if (open !== null && at - open[1] <= gapMs) open[1] = at
    else sessions.push((open = [at, at]))
  }
  const begun = sessions.findLast(([start]) => start <= asOf)
  return begun === undefined || asOf - begun[1] > gapMs ? 0 : (begun[1] - begun[0]) / 1000
}

/** Null: more than `atMost`. */
const distinct = (values: readonly (string | null)[], atMost: number): number | null => {
  const set = new Set(values.filter((v) => v !== null))
  return set.size > atMost ? null : set.size
}

export type Measured = Readonly<Record<string, string | number | null>>

/** By the JSON of [window start, key]; 'weight' is the only double. */
export type Rows = ReadonlyMap<string, Measured>

type Key = (sale: Counted) => string | null
type Measure = (sales: readonly Counted[], asOf: number) => Measured | null

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const halfHour = ({ at }: Counted): number => Math.floor(at / (30 * MINUTE)) * 30 * MINUTE

const shopMeasures =
  (lately: number): Measure =>
  (sales, asOf) => {
    const ordered = inTime(sales)
    const weights = known(sales.map((s) => s.weight))
    const cents = known(sales.map((s) => s.cents))
    return {
      sales: sales.length,
      units: total(sales.map((s) => s.units)),
      amount: total(sales.map((s) => s.cents)),
      least: cents.length === 0 ? null : Math.min(...cents),
      most: Math.max(...sales.map((s) => s.units)),
      weight: weights.length === 0 ? null : total(weights) / weights.length,
      gifts: sales.filter((s) => s.kind === 'gift').length,
      lastKind: ordered.at(-1)?.kind ?? null,
      firstUnits: ordered[0]?.units ?? null,
      lately: total(within(sales, lately * MINUTE, asOf, 0).map((s) => s.units)),
      before: within(sales, lately * MINUTE, asOf, 1).length,
      sitting: sitting(sales, 30 * MINUTE, asOf),
      buyers: distinct(
        sales.map((s) => s.buyer),
        3,
      ),
    }
  }

interface Rule {
  readonly window: ((sale: Counted) => number) | null
  readonly key: Key
  readonly measure: Measure
  readonly where?: (sale: Counted) => boolean
}

/** What differs between versions of the definitions. */
export type Terms = Pick<Version, 'lately' | 'beyond'>

const ruleOf = (view: string, { lately, beyond }: Terms): Rule => {
  const rules: Readonly<Record<string, Rule>> = {
    ByShop: { window: null, key: (s) => s.shop, measure: shopMeasures(lately) },
    ByHalfHour: {
      window: halfHour,
      key: (s) => s.shop,
      measure: (sales) => ({
        sales: sales.length,
        amount: total(sales.map((s) => s.cents)),
        buyers: distinct(
          sales.map((s) => s.buyer),
          3,
        ),
      }),
    },
    ByKind: {
      window: null,
      key: (s) => s.kind,
      where: (s) => s.units > beyond,
      measure: (sales, asOf) => ({
        sales: sales.length,
        lately: within(sales, HOUR, asOf, 0).length,
        units: total(sales.map((s) => 2 * s.units)),
      }),
    },
    ByPlace: {
      window: null,
      key: (s) => s.shop,
      where: (s) => s.units > beyond && s.kind !== 'gift',
      measure: (sales) => ({
        sales: sales.length,
        units: total(sales.map((s) => 2 * s.units + 1)),
        items: new Set(sales.map((s) => s.buyer ?? 'none')).size,
      }),
    },
    SoldByKind: {
      window: null,
      key: (s) => s.kind,
      measure: (sales) => ({ sales: sales.length, units: total(sales.map((s) => s.units)) }),
    },
    ByRegion: {
      window: null,
      key: (s) => REGIONS.get(s.shop) ?? 'elsewhere',
      measure: (sales) => ({ sales: sales.length, units: total(sales.map((s) => s.units)) }),
    },
    Awake: {
      window: null,
      key: (s) => s.shop,
      measure: (sales, asOf) => {
        const last = inTime(sales).at(-1)
        return last === undefined || last.at < asOf - HOUR
          ? null
          : { sales: sales.length, lastUnits: last.units }
      },
    },
    ByBuyer: {
      window: null,
      key: (s) => s.buyer,
      measure: (sales) => ({ sales: sales.length, amount: total(sales.map((s) => s.cents)) }),
    },
  }
  const rule = rules[view]
  if (rule === undefined) throw new Error(`the oracle does not know ${view}`)
  return rule
}

/** Every row of a view over these sales at `asOf`; of one key when it is given. */
export const truth = (
  view: string,
  terms: Terms,
  sales: readonly Counted[],
  asOf: number,
  only?: string,
): Rows => {
  const { window, key, measure, where } = ruleOf(view, terms)
  const groups = new Map<string, Counted[]>()
  for (const sale of sales) {
    const own = key(sale)
    if (own === null || where?.(sale) === false || (only !== undefined && own !== only)) continue
    const name = JSON.stringify([window?.(sale) ?? null, own])
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [sale])
    else group.push(sale)
  }
  const rows = new Map<string, Measured>()
  for (const [name, group] of groups) {
    const measured = measure(group, asOf)
    if (measured !== null) rows.set(name, measured)
  }
  return rows
}

const same = (a: unknown, b: unknown): boolean =>
  a === b ||
  (typeof a === 'number' && typeof b === 'number' && Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a)))

/** The first row two answers differ in, as a sentence; null: they agree. */
export const difference = (got: Rows, expected: Rows): string | null => {
  for (const name of new Set([...got.keys(), ...expected.keys()])) {
    const [mine, theirs] = [got.get(name), expected.get(name)]
    const short = name.length > 80 ? `${name.slice(0, 80)}…` : name
    if (mine === undefined) return `${short} is missing; true is ${JSON.stringify(theirs)}`
    if (theirs === undefined) return `${short} does not exist; answered ${JSON.stringify(mine)}`
    for (const [measure, value] of Object.entries(theirs))
      if (!(measure === 'weight' ? same(mine[measure], value) : mine[measure] === value))
        return `${short}.${measure}: answered ${String(mine[measure])}, true is ${String(value)}`
  }
  return null
}
