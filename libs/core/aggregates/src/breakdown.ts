import { compareText, putCount } from '@tidewater/base'
import type { ByteReader, Exact } from '@tidewater/base'
import type { Entry, JsBody, Type } from '@tidewater/expr'
import { and, only, whenKnown } from './aggregate.ts'
import type { CellBytes, ColumnsAggregate, Refusal } from './aggregate.ts'
import { INT } from './column.ts'
import type { CellCall, ColumnValue } from './column.ts'
import { MORE } from './distinct.ts'
import { totalType } from './sum.ts'
import {
  addTotal,
  boundOfTotals,
  greatestOf,
  itemsOf,
  putTotals,
  readTotals,
  totalsColumn,
  totalsOf,
} from './totals.ts'
import type { Totals } from './totals.ts'

/** A total for each key, or that there were more keys than are kept: what they were is forgotten. */
type Broken = Totals | typeof MORE

const MOST_TOP = 1_000
const MOST_KEYS = 100_000
/** The most keys kept unless the definition says otherwise. */
export const BREAKDOWN_AT_MOST = 1_000

const topOf = ({ options }: Pick<CellCall, 'options'>): number => options['top'] as number
const atMostOf = ({ options }: Pick<CellCall, 'options'>): number => options['atMost'] as number

const addKey = (broken: Broken, key: string | number, amount: Exact, atMost: number): Broken => {
  if (broken === MORE) return MORE
  const totals = addTotal(broken, String(key), amount)
  return totals.size > atMost ? MORE : totals
}

/** `into` is changed, `from` is not. */
const merged = (into: Broken, from: Broken, atMost: number): Broken => {
  if (from === MORE) return MORE
  let union = into
  for (const [key, amount] of from ?? []) union = addKey(union, key, amount, atMost)
  return union
}

/** More than `atMost` items, or null, is "more than atMost" (SQL keeps one too many to say so). */
const taken = (into: Broken, items: readonly string[] | null, atMost: number): Broken =>
  merged(into, items === null ? MORE : totalsOf(items), atMost)

const present = (broken: Broken, top: number): readonly Entry[] =>
  broken === MORE ? [] : greatestOf(broken, top)

const wrong = (type: Type, told: string, { top, atMost }: CellCall['options']): Refusal | null => {
  const whole = (x: unknown, least: number, most: number): boolean =>
    typeof x === 'number' && Number.isInteger(x) && x >= least && x <= most
  if (type.kind === 'number')
    return {
      wrong: `'breakdown' adds exact values, and ${told} is a double`,
      cure: 'use an int or a decimal field',
    }
  if (!whole(top, 1, MOST_TOP))
    return { wrong: `'top' takes 1 to ${MOST_TOP}, not ${String(top)}`, cure: 'write { top: 10 }' }
  if (!whole(atMost, Number(top), MOST_KEYS))
    return {
      wrong: `'atMost' takes ${String(top)} (as many as are shown) to ${MOST_KEYS}, not ${String(atMost)}`,
      cure: `leave it out for ${BREAKDOWN_AT_MOST}`,
    }
  return null
}

/** Exact: the total of each key, up to a number of keys. */
export const breakdown: ColumnsAggregate = {
  doc: 'The keys with the greatest totals, ties by key. Exact up to `atMost` keys; beyond, it is empty and flagged; of nothing it is empty.',
  keeps: 'columns',
  of: 'numbers',
  keyed: true,
  refuses: wrong,
  answer: (arg) => {
    const value = totalType(arg ?? INT)
    return {
      type: { kind: 'list', of: { kind: 'entry', value: value.kind === 'list' ? INT : value } },
      optional: false,
    }
  },
  options: { top: [1, 3], atMost: [3, BREAKDOWN_AT_MOST] },
  columns: (_call, name) => [totalsColumn(name)],
  code(call, body) {
    const [add, merge, take] = [body.constant(addKey), body.constant(merged), body.constant(taken)]
    const atMost = atMostOf(call)
    return {
      zeros: ['null'],
      add: (slots, { key = null, value }) =>
        whenKnown(
          key,
          whenKnown(
            value,
            `${only(slots)} = ${add}(${only(slots)}, ${key?.source}, ${value?.source ?? 1}, ${atMost});`,
          ),
        ),
      merge: (into, from) => `${only(into)} = ${merge}(${only(into)}, ${only(from)}, ${atMost});`,
      take: (slots, { values }) => `${only(slots)} = ${take}(${only(slots)}, ${only(values)}, ${atMost});`,
      present: (slots) => ({
        source: `${body.constant(present)}(${only(slots)}, ${topOf(call)})`,
        nullable: false,
      }),
      incomplete: (slots) => `${only(slots)} === ${body.constant(MORE)}`,
      bytes: bytesOf(body),
    }
  },
  rowOf: ([broken]) => [broken === MORE ? null : itemsOf(broken as Totals)],
  readColumn: (call, list) => ((list as readonly ColumnValue[]).length > atMostOf(call) ? null : list),
  sql(call, [kept = ''], dialect) {
    const { aggregates, items } = dialect
    const atMost = atMostOf(call)
    // One key more than allowed says "more than that".
    const bounded = (list: string): readonly string[] => [dialect.first(list, atMost + 1)]
    return {
      add({ key, value, only }) {
        const known = and(only, `${key} IS NOT NULL`, value === null ? null : `${value} IS NOT NULL`)
        return bounded(aggregates.sumByKey(dialect.textOf(key ?? ''), value ?? '1', known))
      },
      merge: (rows) => bounded(aggregates.sumItems(`s.${kept}`, rows)),
      present: ([list = '']) =>
        items.greatest(
          dialect.filter(list, () => `${dialect.length(list)} <= ${atMost}`),
          topOf(call),
        ),
    }
  },
  meaning(rows, { options }) {
    const keys = [...new Set(rows.map(({ key }) => String(key)))]
    if (keys.length > Number(options['atMost'])) return []
    const totals = keys.map((key) => {
      const own = rows.filter((row) => String(row.key) === key)
      const total = own.reduce((sum, { value }) => sum + (value === null ? 1n : (value as bigint)), 0n)
      return { key, total }
    })
    return totals
      .sort((a, b) => compareText(a.key, b.key))
      .sort((a, b) => (a.total > b.total ? -1 : a.total < b.total ? 1 : 0))
      .slice(0, Number(options['top']))
      .map(({ key, total }) => [key, total])
  },
}

/** 1 is "more than atMost", 0 stands before the totals. */
const bytesOf = (body: JsBody): CellBytes => ({
  write: (slots) => `at = ${body.constant(putBroken)}(bytes, at, ${only(slots)});`,
  reads: [`${body.constant(readBroken)}(r)`],
  sized: 1,
  bound: (slots) => `${body.constant(boundOfBroken)}(${only(slots)})`,
})

const putBroken = (bytes: Uint8Array, at: number, broken: Broken): number =>
  broken === MORE ? putCount(bytes, at, 1) : putTotals(bytes, putCount(bytes, at, 0), broken)

const readBroken = (reader: ByteReader): Broken => (reader.count() === 1 ? MORE : readTotals(reader))

const boundOfBroken = (broken: Broken): number => (broken === MORE ? 0 : boundOfTotals(broken))
