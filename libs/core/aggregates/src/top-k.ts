import { compareText, md5Prefix } from '@tidewater/base'
import type { Entry, JsBody, SqlDialect, Type } from '@tidewater/expr'
import { and, never, only, whenKnown } from './aggregate.ts'
import type { CellBytes, ColumnsAggregate, Refusal } from './aggregate.ts'
import { INT, countColumn } from './column.ts'
import type { CellCall } from './column.ts'
import type { Meaning } from './meaning.ts'
import { offsetSql } from './place-sql.ts'
import {
  addToSample,
  boundOfSample,
  emptySample,
  mergeSamples,
  putSample,
  readSample,
  takeSample,
} from './row-sample.ts'
import type { RowSample } from './row-sample.ts'
import { addTotal, greatestOf, itemsOf, totalsColumn } from './totals.ts'
import type { Totals } from './totals.ts'

const HASH_BITS = 48
const MOST_ENTRIES = 100
const MOST_COUNTERS = 65_536
export const COUNTERS = 4096

const nOf = ({ options }: Pick<CellCall, 'options'>): number => options['n'] as number
const countersOf = ({ options }: Pick<CellCall, 'options'>): number => options['counters'] as number

const present = (kept: RowSample, n: number): readonly Entry[] => {
  if (kept === null) return []
  let byValue: Totals = null
  for (const [key, count] of kept.counts)
    byValue = addTotal(byValue, key.slice(2), Number(count) * 2 ** kept.level)
  return greatestOf(byValue, n)
}

const wrong = (type: Type, told: string, { n, counters }: CellCall['options']): Refusal | null => {
  const cure = `write topK(${told}, { n: 10 })`
  if (!['id', 'text', 'oneOf', 'int'].includes(type.kind))
    return {
      wrong: `'topK' counts texts, ids and ints, and ${told} is ${type.kind}`,
      cure: 'take another field',
    }
  if (typeof n !== 'number' || !Number.isInteger(n) || n < 1 || n > MOST_ENTRIES)
    return { wrong: `'n' takes 1 to ${MOST_ENTRIES}, not ${String(n)}`, cure }
  if (typeof counters !== 'number' || !Number.isInteger(counters) || counters < n || counters > MOST_COUNTERS)
    return {
      wrong: `'counters' takes ${n} (as many as are asked for) to ${MOST_COUNTERS}, not ${String(counters)}`,
      cure: `leave it out for ${COUNTERS}`,
    }
  return null
}

export const topK: ColumnsAggregate = {
  doc: `The most frequent values with how often they occur, ties by value. Exact while ${COUNTERS} counters are enough (80 values always, hundreds mostly); beyond, a count of share p of all is off by 2.3 % × √p of all (standard error).`,
  keeps: 'columns',
  of: 'values',
  placed: true,
  refuses: wrong,
  answer: () => ({ type: { kind: 'list', of: { kind: 'entry', value: INT } }, optional: false }),
  options: { n: [1, 3], counters: [3, COUNTERS] },
  columns: (_call, name) => [countColumn(`${name}_level`), totalsColumn(name)],
  code(call, body) {
    const [add, merge, take] = [
      body.constant(addToSample),
      body.constant(mergeSamples),
      body.constant(takeSample),
    ]
    const counters = countersOf(call)
    return {
      zeros: ['null'],
      add: (slots, { value, partition, offset }) =>
        whenKnown(
          value,
          `${only(slots)} = ${add}(${only(slots)}, ${value?.source}, ${partition}, ${offset}, ${counters});`,
        ),
      merge: (into, from) => `${only(into)} = ${merge}(${only(into)}, ${only(from)}, ${counters});`,
      take: (slots, { values }) =>
        `${only(slots)} = ${take}(${only(slots)}, ${values.join(', ')}, ${counters});`,
      present: (slots) => ({
        source: `${body.constant(present)}(${only(slots)}, ${nOf(call)})`,
        nullable: false,
      }),
      incomplete: never,
      bytes: bytesOf(body),
    }
  },
  rowOf: ([kept]) => {
    const { level, counts } = (kept as RowSample) ?? emptySample()
    return [level, itemsOf(counts)]
  },
  sql(call, [level = '', kept = ''], dialect) {
    const counters = countersOf(call)
    const { aggregates, items } = dialect
    return {
      add({ value, only, partition, at, place }) {
        const x = value ?? ''
        const known = and(only, `${x} IS NOT NULL`)
        const key = `concat(${levelSql(partition, offsetSql(dialect, place, at), dialect)}, ${dialect.textOf(x)})`
        return raisedSql('0', aggregates.sumByKey(key, '1', known), counters, dialect)
      },
      merge: (rows) =>
        raisedSql(
          `coalesce(${aggregates.max(`s.${level}`, rows)}, 0)`,
          aggregates.sumItems(`s.${kept}`, rows),
          counters,
          dialect,
        ),
      present([from = '', list = '']) {
        const values = items.sum(
          dialect.map(list, (item) => items.of(items.total(item), `substr(${items.key(item)}, 3)`)),
        )
        const scaled = dialect.map(values, (item) =>
          items.of(dialect.shiftLeft(items.total(item), dialect.known(from)), items.key(item)),
        )
        return items.greatest(scaled, nOf(call))
      },
    }
  },
  meaning: (rows, call, asOf) => plainSample(rows, call, asOf),
}

/** Two digits: a hundred more without its first. */
const levelSql = (partition: string, offset: string, dialect: SqlDialect): string => {
  const hash = dialect.md5Prefix(`concat(${dialect.textOf(partition)}, '/', ${dialect.textOf(offset)})`)
  // One bit more at the end, so that there is always a first 1.
  return `substr(${dialect.textOf(`(${100 + HASH_BITS + 1} - ${dialect.bitLength(`(${hash} * 2 + 1)`)})`)}, 2)`
}

/** The level and the counts from it on, at least from `lowest`. */
const raisedSql = (
  lowest: string,
  counts: string,
  counters: number,
  dialect: SqlDialect,
): readonly string[] => {
  const levelOf = (item: string): string => dialect.integerOf(`substr(${dialect.items.key(item)}, 1, 2)`)
  const from = (list: string): string =>
    dialect.bind(dialect.integerOf(lowest), (low) =>
      dialect.bind(
        dialect.sorted(dialect.filter(dialect.map(list, levelOf), (at) => `${at} >= ${low}`)),
        (levels) =>
          `CASE WHEN ${dialect.length(levels)} > ${counters} THEN ${dialect.fromEnd(levels, counters + 1)} + 1 ELSE ${low} END`,
      ),
    )
  return [
    dialect.bind(counts, from),
    dialect.bind(counts, (list) =>
      dialect.bind(from(list), (low) => dialect.filter(list, (item) => `${levelOf(item)} >= ${low}`)),
    ),
  ]
}

/** The level, one more so that 0 is the sample of no row, and the counts. */
const bytesOf = (body: JsBody): CellBytes => ({
  write: (slots) => `at = ${body.constant(putSample)}(bytes, at, ${only(slots)});`,
  reads: [`${body.constant(readSample)}(r)`],
  sized: 1,
  bound: (slots) => `${body.constant(boundOfSample)}(${only(slots)})`,
})

/** Level by level: the first at which the rows that have it or a higher one need few counters. */
const plainSample: Meaning = (rows, { options }) => {
  const drawn = rows.map(({ value, partition, offset }) => {
    const bits = md5Prefix(`${partition}/${offset}`).toString(2).padStart(48, '0')
    return { value: String(value), level: `${bits}1`.indexOf('1') }
  })
  const from = (level: number): typeof drawn => drawn.filter((one) => one.level >= level)
  const needed = (level: number): number =>
    new Set(from(level).map((one) => `${one.level} ${one.value}`)).size
  let level = 0
  while (needed(level) > Number(options['counters'])) level++
  const values = [...new Set(from(level).map(({ value }) => value))].sort(compareText)
  const counted = values.map(
    (value) => [value, BigInt(from(level).filter((one) => one.value === value).length * 2 ** level)] as const,
  )
  return counted.sort(([, a], [, b]) => Number(b - a)).slice(0, Number(options['n']))
}
