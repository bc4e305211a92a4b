import { MAX_EXACT_BYTES, putCount } from '@tidewater/base'
import type { ByteReader } from '@tidewater/base'
import { JsBody } from '@tidewater/expr'
import type { ScalarType, Value } from '@tidewater/expr'
import { only, whenKnown } from './aggregate.ts'
import type { CellBytes, ColumnsAggregate } from './aggregate.ts'
import { INT, argTypeOf } from './column.ts'
import type { CellCall, ColumnValue } from './column.ts'
import { readValue, writeValue } from './value-bytes.ts'

/** The most values kept unless the definition says otherwise. */
export const DISTINCT_AT_MOST = 10_000

/** Stands for every set of more than `atMost` values: what they were is forgotten. */
export const MORE: unique symbol = Symbol('more than atMost')

/** null is the empty set: most groups never need one. */
export type DistinctSet = Set<Value> | typeof MORE | null

/** The set with one more value; the given set is changed. */
export const addDistinct = (set: DistinctSet, value: Value, atMost: number): DistinctSet => {
  if (set === MORE) return MORE
  if (set === null) return atMost < 1 ? MORE : new Set<Value>().add(value)
  return set.add(value).size > atMost ? MORE : set
}

/** The union; `into` is changed, `from` is not. */
export const mergeDistinct = (into: DistinctSet, from: DistinctSet, atMost: number): DistinctSet => {
  if (from === null) return into
  if (into === MORE || from === MORE) return MORE
  const union = into ?? new Set<Value>()
  for (const value of from) if (union.add(value).size > atMost) return MORE
  return union
}

/** How many values; null when they were more than could be kept. */
export const presentDistinct = (set: DistinctSet): number | null =>
  set === null ? 0 : set === MORE ? null : set.size

const atMostOf = ({ options }: CellCall): number => options['atMost'] as number

/** A list of more than `atMost` values, or null, is "more than atMost" (SQL keeps one value too many to say so). */
const setOf = (list: ColumnValue | undefined, atMost: number): DistinctSet => {
  if (!Array.isArray(list)) return list === null ? MORE : null
  const values = list as readonly Value[]
  return values.length === 0 ? null : mergeDistinct(null, new Set(values), atMost)
}

/** Ordered as SQL orders it: numbers by size, texts by code unit. */
const listOf = (set: DistinctSet): readonly Value[] | null =>
  set === MORE ? null : set === null ? [] : [...set].sort((a, b) => ((a as string) < (b as string) ? -1 : 1))

export const distinct: ColumnsAggregate = {
  doc: 'The number of different values that are there, exact up to `atMost`, beyond it missing and flagged; of nothing 0.',
  keeps: 'columns',
  of: 'values',
  refuses: ({ kind }, told) =>
    kind === 'number'
      ? { wrong: `'distinct' cannot tell doubles apart, and ${told} is one`, cure: 'use a decimal field' }
      : null,
  answer: () => ({ type: INT, optional: true }),
  options: { atMost: [1, 2, 3, DISTINCT_AT_MOST] },
  columns: (call, name) => [{ name, type: argTypeOf(call), list: true }],
  code(call, body) {
    const [add, merge] = [body.constant(addDistinct), body.constant(mergeDistinct)]
    const atMost = atMostOf(call)
    return {
      zeros: ['null'],
      add: (slots, { value }) =>
        whenKnown(value, `${only(slots)} = ${add}(${only(slots)}, ${value?.source}, ${atMost});`),
      merge: (into, from) => `${only(into)} = ${merge}(${only(into)}, ${only(from)}, ${atMost});`,
      take: ([slot = ''], { values }) =>
        `${slot} = ${merge}(${slot}, ${body.constant(setOf)}(${only(values)}, ${atMost}), ${atMost});`,
      present: (slots) => ({ source: `${body.constant(presentDistinct)}(${only(slots)})`, nullable: true }),
      incomplete: (slots) => `${only(slots)} === ${body.constant(MORE)}`,
      bytes: bytesOf(argTypeOf(call), body),
    }
  },
  rowOf: ([set]) => [listOf(set as DistinctSet)],
  readColumn: (call, list) => ((list as readonly Value[]).length > atMostOf(call) ? null : list),
  sql(call, [kept = ''], dialect) {
    const type = argTypeOf(call)
    const atMost = atMostOf(call)
    const { aggregates } = dialect
    // One value more than allowed says "more than that".
    return {
      add: (row) => [aggregates.distinct(row.value ?? '', atMost + 1, type, row.only)],
      merge: (rows) => [aggregates.distinctOfLists(`s.${kept}`, atMost + 1, type, rows)],
      present([list = '']) {
        const size = `CAST(${dialect.length(list)} AS ${dialect.cellType(INT)})`
        return `CASE WHEN ${size} <= ${atMost} THEN ${size} END`
      },
    }
  },
  meaning(rows, { options }) {
    const different = new Set(rows.map(({ value }) => value)).size
    return different > Number(options['atMost']) ? null : BigInt(different)
  },
}

/** Reads and writes a set: 0 is "more than atMost", n + 1 says n values follow. */
interface SetBytes {
  put(bytes: Uint8Array, at: number, set: DistinctSet): number
  get(reader: ByteReader): DistinctSet
  /** The most bytes the set can take. */
  bound(set: DistinctSet): number
}

const bytesOf = (type: ScalarType, body: JsBody): CellBytes => {
  const name = body.constant(setBytesOf(type))
  return {
    write: ([set]) => `at = ${name}.put(bytes, at, ${set});`,
    reads: [`${name}.get(r)`],
    sized: 0,
    bound: ([set]) => `${name}.bound(${set})`,
  }
}

const boundOfValue = (value: Value): number =>
  typeof value === 'string' ? 3 * value.length + 6 : typeof value === 'bigint' ? MAX_EXACT_BYTES : 10

const setBytesOf = (type: ScalarType): SetBytes => {
  const body = new JsBody()
  const write = writeValue(body, type, 'value')
  const read = readValue(body, type)
  const putValue = body.build<(bytes: Uint8Array, at: number, value: Value) => number>(
    `return (bytes, at, value) => { ${write} return at; }`,
  )
  const readOne = body.build<(reader: ByteReader) => Value>(`return (r) => ${read};`)
  return {
    put: (bytes, from, set) => {
      if (set === MORE || set === null) return putCount(bytes, from, set === MORE ? 0 : 1)
      let at = putCount(bytes, from, set.size + 1)
      for (const value of set) at = putValue(bytes, at, value)
      return at
    },
    get: (reader) => {
      const count = reader.count()
      if (count < 2) return count === 0 ? MORE : null
      const set = new Set<Value>()
      for (let n = 1; n < count; n++) set.add(readOne(reader))
      return set
    },
    bound: (set) => {
      if (set === MORE || set === null) return 1
      let bound = 9
      for (const value of set) bound += boundOfValue(value)
      return bound
    },
  }
}
