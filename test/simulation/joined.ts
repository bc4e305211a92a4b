import { must } from '@tidewater/base'
import type { LogRecord, OffsetVector, TopicPartition } from '@tidewater/ports'
import { ID_HEADER, madeOf, type MadeOf } from '@tidewater/rows'
import { topicOf } from 'tidewater'
import { joins, twice, type Came, type JoinRule, type Met } from './join-oracle.ts'
import { JOINED_LATENESS, MADE, SIDES } from './joined-definitions.ts'
import { isSame, madeRow, measured, type Row } from './joined-rows.ts'
import { counted, type Rows, type Sale, type Taken } from './oracle.ts'
import { countedOnce, type Made } from './sent-oracle.ts'

/** A record that the platform sent, and the place of the one it is made of; null: it says none. */
interface Sent {
  readonly offset: number
  readonly from: MadeOf | null
  readonly row: Row
}

interface Sides {
  readonly sent: Sent[]
  readonly counted: Sent[]
  /** Latest offset and number by origin. */
  readonly ends: Map<string, number>
  appendedAt: number
  readonly make: (row: Came) => readonly Met[]
  /** What each record completes or closes, by its offset. */
  readonly made: Map<number, readonly Row[]>
}

const MINUTE = 60_000
const latenessMs = JOINED_LATENESS.ms
const RULES: Readonly<Record<string, JoinRule>> = {
  Pair: { beforeMs: MINUTE, afterMs: 2 * MINUTE, keep: 'both', match: 'each', latenessMs },
  Found: { beforeMs: 0, afterMs: 20_000, keep: 'left', match: 'first', latenessMs },
}
const HALF_HOUR = { withinMs: 30 * MINUTE, latenessMs }
/** More rows than a record is made into. */
const NUMBERS = 10_000

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** What joins and patterns made of the traffic, and what they should have made. */
export interface Joined {
  took(place: TopicPartition, record: LogRecord): void
  /** Every row of a view at these offsets; a sentence when something was made of nothing. */
  rows(view: string, offsets: OffsetVector): Rows | string
  /** Where the log that a view reads ends. */
  endOf(view: string, partition: number): number
  /** What was sent too often, otherwise or not at all, when all is done; null: nothing. */
  wrongly(): string | null
  /** Rows by what made them. */
  counts(): Readonly<Record<string, number>>
}

interface Traffic {
  readonly taken: readonly (readonly Taken[])[]
  readonly made: readonly (readonly Made[])[]
}

export const topicOfView = (view: string): string | null =>
  Object.entries(MADE).find(([, made]) => made.view === view)?.[0] ?? null

export const createJoined = (traffic: () => Traffic): Joined => {
  const sides = new Map<string, Map<number, Sides>>()
  const logs = new Map<string, Map<number, Sent[]>>()
  const sidesOf = (topic: string, partition: number): Sides =>
    within(within(sides, topic, newMap<Sides>), partition, () => ({
      ...{ sent: [], counted: [], ends: new Map(), appendedAt: 0, made: new Map() },
      make: joins(must(RULES[SIDES[topic] ?? ''], topic)),
    }))
  const tookSide = (topic: string, partition: number, sent: Sent, appendedAt: number): void => {
    const log = sidesOf(topic, partition)
    log.appendedAt = Math.max(log.appendedAt, appendedAt)
    log.sent.push(sent)
    const { from, row } = sent
    if (from === null || !isNext(log.ends, from)) return
    log.counted.push(sent)
    const made = log.make({
      ...{ offset: sent.offset, appendedAt: log.appendedAt, origin: from.partition },
      side: row['side'] as Came['side'],
      key: JSON.stringify([row['key'], row['on_units'] ?? null]),
      at: row['at'] as number,
      units: (row['left_units'] ?? row['right_units'] ?? row['on_units']) as number,
      origins: (row['origins'] ?? 0) as number,
    })
    log.made.set(
      sent.offset,
      made.map((one) => madeRow(must(SIDES[topic], topic), one)),
    )
  }
  const gifts = (partition: number): ReadonlyMap<number, readonly Row[]> => {
    const sales = counted(traffic().taken[partition] ?? [], partition, Infinity)
    const log = sales.map((sale): Came & { readonly kind: string } => ({
      ...{ offset: sale.offset, appendedAt: 0, side: 'left', origin: 0, origins: 1 },
      ...{ key: sale.shop, at: sale.at, units: sale.units, kind: sale.kind },
    }))
    const made = twice(
      log,
      (row) => sales.find(({ offset }) => offset === row.offset)?.kind === 'gift',
      HALF_HOUR,
    )
    return new Map(
      made.flatMap((two, n) => {
        if (two === null) return []
        const [one, other] = two
        const row = { shop: other.key, at: other.at, one: one.units, other: other.units }
        return [[must(log[n], 'record').offset, [row]] as const]
      }),
    )
  }
  /** By partition of the log that is read, by offset there: what should be made. */
  const meant = (name: string): ReadonlyMap<number, ReadonlyMap<number, readonly Row[]>> => {
    if (name === 'Gifts') return new Map(traffic().taken.map((_, partition) => [partition, gifts(partition)]))
    const log = sides.get(topicOf(`${name}Sides`)) ?? new Map<number, Sides>()
    return new Map([...log].map(([partition, { made }]) => [partition, made]))
  }
  const countedRows = (topic: string, partition: number, next: number): readonly Sent[] => {
    const ends = new Map<string, number>()
    return (logs.get(topic)?.get(partition) ?? []).filter(
      ({ offset, from }) => offset < next && (from === null || isNext(ends, from)),
    )
  }
  return {
    took: ({ topic, partition }, { offset, appendedAt, value, headers }) => {
      if (!(topic in SIDES) && !(topic in MADE)) return
      const row = JSON.parse(decoder.decode(value ?? undefined)) as Row
      const sent = { offset, row, from: madeOf(textOf(headers[ID_HEADER])) }
      if (topic in SIDES) tookSide(topic, partition, sent, appendedAt)
      else within(within(logs, topic, newMap<Sent[]>), partition, () => [] as Sent[]).push(sent)
    },
    rows: (view, offsets) => {
      const topic = must(topicOfView(view), view)
      const all = meant(must(MADE[topic], topic).name)
      const found = offsets.flatMap(({ partition, next }) => countedRows(topic, partition, next))
      for (const { from, row, offset } of found) {
        const own = from === null ? undefined : all.get(from.partition)?.get(from.offset)?.[from.number]
        if (own === undefined)
          return `record ${offset} of ${topic} is made of nothing: ${JSON.stringify(row)}`
        if (!isSame(own, row)) return `${JSON.stringify(row)} was made, meant was ${JSON.stringify(own)}`
      }
      return measured(
        view,
        found.map(({ row }) => row),
      )
    },
    endOf: (view, partition) =>
      (logs
        .get(topicOfView(view) ?? '')
        ?.get(partition)
        ?.at(-1)?.offset ?? -1) + 1,
    wrongly: () => {
      for (const [topic, { name }] of Object.entries(MADE)) {
        const partitions = [...(logs.get(topic)?.keys() ?? [])]
        const sent = partitions.flatMap((partition) =>
          countedRows(topic, partition, Infinity).map(({ from }) => placeOf(from)),
        )
        const wanted = [...meant(name)].flatMap(([partition, made]) =>
          [...made].flatMap(([offset, rows]) => rows.map((_, number) => `${partition}/${offset}/${number}`)),
        )
        const why = differing(name, wanted, sent)
        if (why !== null) return why
      }
      return sidesWrongly(traffic(), sides)
    },
    counts: () => ({
      made_alone: [...meant('Found').values()]
        .flatMap((made) => [...made.values()].flat())
        .filter(({ isFound }) => isFound === false).length,
      ...Object.fromEntries(
        Object.values(MADE).map(({ name }) => [
          `made_${name.toLowerCase()}`,
          [...meant(name).values()].flatMap((made) => [...made.values()].flat()).length,
        ]),
      ),
    }),
  }
}

/** J: each sale is a row of each side that takes it, once. */
const sidesWrongly = (
  { taken, made }: Traffic,
  sides: ReadonlyMap<string, ReadonlyMap<number, Sides>>,
): string | null => {
  const sales = taken.flatMap((records, partition) => counted(records, partition, Infinity))
  const large = made.flatMap((records, partition) =>
    countedOnce(records, Infinity).map(({ offset }) => `right/${partition}/${offset}/0`),
  )
  const of = (kind: string, side: string): readonly string[] =>
    sales.filter((sale) => sale.kind === kind).map((sale) => placeOfSale(side, sale))
  const wanted: Readonly<Record<string, readonly string[]>> = {
    Pair: [...of('cash', 'left'), ...of('card', 'right')],
    Found: [...sales.map((sale) => placeOfSale('left', sale)), ...large],
  }
  for (const [topic, name] of Object.entries(SIDES)) {
    const sent = [...(sides.get(topic)?.values() ?? [])].flatMap((log) =>
      log.counted.map(({ from }) => placeOf(from)),
    )
    const why = differing(`${name}Sides`, must(wanted[name], name), sent)
    if (why !== null) return why
  }
  return null
}

const placeOfSale = (side: string, sale: Sale & { partition: number; offset: number }): string =>
  `${side}/${sale.partition}/${sale.offset}/0`

const placeOf = (from: MadeOf | null): string =>
  from === null ? 'nowhere' : `${from.origin}/${from.offset}/${from.number}`

const differing = (name: string, wanted: readonly string[], sent: readonly string[]): string | null => {
  const known = new Set(sent)
  if (known.size < sent.length) return `a row of ${name} counts twice`
  const lacking = wanted.find((place) => !known.has(place))
  if (lacking !== undefined) return `${name} lacks what ${lacking} makes`
  return known.size === wanted.length ? null : `${name} has rows that nothing makes`
}

/** O1: whether it is of a later place than all of its origin before it. */
const isNext = (ends: Map<string, number>, { origin, offset, number }: MadeOf): boolean => {
  const place = offset * NUMBERS + number
  if (place <= (ends.get(origin) ?? -1)) return false
  ends.set(origin, place)
  return true
}

const textOf = (header: Uint8Array | string | undefined): string =>
  typeof header === 'string' ? header : decoder.decode(header ?? new Uint8Array())

const newMap = <V>(): Map<number, V> => new Map<number, V>()

const within = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
  const found = map.get(key)
  if (found !== undefined) return found
  const made = make()
  map.set(key, made)
  return made
}
