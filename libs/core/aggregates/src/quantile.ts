import { putCount } from '@tidewater/base'
import type { ByteReader, Exact } from '@tidewater/base'

import type { JsBody, SqlDialect, Value } from '@tidewater/expr'
import { and, never, only, whenKnown } from './aggregate.ts'
import type { CellBytes, ColumnsAggregate } from './aggregate.ts'
import { INT, NUMBER } from './column.ts'
import { MOST_INDEX, bucketOf, bucketSql, middleOf, middleSql } from './log-bucket.ts'
import type { Meaning } from './meaning.ts'
import { totalType } from './sum.ts'

/** How many values lie in each bucket; null: none at all. */
type Tally = Map<number, number> | null

/** Room for the count of one bucket, beside its index: together they are an integer below 2^53. */
const ROOM = 2 ** 38
/** A share of 1, in the digits that a share may have. */
const WHOLE = 1_000_000

const addTo = (tally: Tally, bucket: number, count: number): Tally => {
  const kept = tally ?? new Map<number, number>()
  return kept.set(bucket, (kept.get(bucket) ?? 0) + count)
}

const addValue = (tally: Tally, x: Exact): Tally => addTo(tally, bucketOf(x), 1)

/** `into` is changed, `from` is not. */
const mergeTallies = (into: Tally, from: Tally): Tally => {
  let merged = into
  if (from !== null) for (const [bucket, count] of from) merged = addTo(merged, bucket, count)
  return merged
}

/** A list has an integer for each bucket: (index + `MOST_INDEX`) × `ROOM` + count. */
const listOf = (tally: Tally): readonly Value[] =>
  [...(tally ?? [])].map(([bucket, count]) => (bucket + MOST_INDEX) * ROOM + count).sort((a, b) => a - b)

const takeList = (tally: Tally, list: readonly number[] | null): Tally => {
  let taken = tally
  for (const item of list ?? []) taken = addTo(taken, Math.floor(item / ROOM) - MOST_INDEX, item % ROOM)
  return taken
}

/** The middle of the bucket of the value at the share's rank, counted from 1; null of nothing. */
const valueAt = (tally: Tally, share: number): Exact | null => {
  if (tally === null) return null
  let all = 0
  for (const count of tally.values()) all += count
  let rest = rankOf(share, all)
  for (const [bucket, count] of [...tally].sort(([a], [b]) => a - b)) {
    rest -= count
    if (rest <= 0) return middleOf(bucket)
  }
  return null
}

const rankOf = (share: number, all: number): number =>
  Math.max(1, Number((BigInt(share) * BigInt(all) + BigInt(WHOLE - 1)) / BigInt(WHOLE)))

/** '0.95' as millionths. */
const shareOf = (read: string | null): number => Math.round(Number(read) * WHOLE)

/**
 * What is kept is how many values lie in each bucket of `log-bucket.ts`: a function of the values alone, which adds up in any
 * order and in every engine alike. The rank is exact, so the answer is at most 1/256 (0.4 %) of itself from the value that
 * stands there, and exactly it while its integer (cents of a decimal(12, 2)) is below 256.
 */
export const quantile: ColumnsAggregate = {
  doc: 'The value at a share of the ordered values (nearest rank), at most 0.4 % of itself off; of nothing it is missing.',
  keeps: 'columns',
  of: 'numbers',
  refuses: ({ kind }, told) =>
    kind === 'number'
      ? {
          wrong: `'quantile' counts exact values, and ${told} is a double`,
          cure: 'use an int or a decimal field',
        }
      : null,
  answer: (arg) => ({ type: totalType(arg ?? NUMBER), optional: true }),
  reads: ['0', '0.5', '0.95', '1'],
  second: 'read',
  columns: (_call, name) => [{ name, type: INT, list: true }],
  code(_call, body) {
    const [add, merge] = [body.constant(addValue), body.constant(mergeTallies)]
    return {
      zeros: ['null'],
      add: (slots, { value }) =>
        whenKnown(value, `${only(slots)} = ${add}(${only(slots)}, ${value?.source});`),
      merge: (into, from) => `${only(into)} = ${merge}(${only(into)}, ${only(from)});`,
      take: ([slot = ''], { values }) => `${slot} = ${body.constant(takeList)}(${slot}, ${only(values)});`,
      present: (slots, { read }) => ({
        source: `${body.constant(valueAt)}(${only(slots)}, ${shareOf(read)})`,
        nullable: true,
      }),
      incomplete: never,
      bytes: bytesOf(body),
    }
  },
  rowOf: ([tally]) => [listOf(tally as Tally)],
  sql: (call, [kept = ''], dialect) => ({
    add({ value, only }) {
      const x = value ?? ''
      const known = and(only, `${x} IS NOT NULL`)
      const item = (bucket: string, count: string): string =>
        `(${bucket} + ${MOST_INDEX}) * ${ROOM} + ${count}`
      return [dialect.aggregates.tally(bucketSql(x, dialect), known, item)]
    },
    merge: (rows) => [dialect.aggregates.allOfLists(`s.${kept}`, INT, rows)],
    settle: (rows) => [dialect.aggregates.sumTallies(`s.${kept}`, ROOM, rows)],
    present: ([list = ''], read) => valueAtSql(list, shareOf(read), dialect),
  }),
  meaning: (rows, call, asOf) => nearestRank(rows, call, asOf),
}

const valueAtSql = (list: string, share: number, dialect: SqlDialect): string =>
  dialect.bind(
    dialect.fold(list, '0', (all, item) => `${all} + ${item} % ${ROOM}`),
    (all) => {
      const rank = `greatest(${dialect.integerDivide(`(${all} * ${share} + ${WHOLE - 1})`, String(WHOLE))}, 1)`
      // What is left of the rank while it is above 0; once found, the bucket's index, negative.
      const found = dialect.fold(
        dialect.sorted(list),
        rank,
        (rest, item) =>
          `CASE WHEN ${rest} <= 0 THEN ${rest} WHEN ${item} % ${ROOM} >= ${rest} THEN -${dialect.integerDivide(item, String(ROOM))} ELSE ${rest} - ${item} % ${ROOM} END`,
      )
      return `CASE WHEN ${all} > 0 THEN ${middleSql(`(-(${found}) - ${MOST_INDEX})`, dialect)} END`
    },
  )

/** The byte form: how many buckets, then each with its count. */
const bytesOf = (body: JsBody): CellBytes => ({
  write: (slots) => `at = ${body.constant(putTally)}(bytes, at, ${only(slots)});`,
  reads: [`${body.constant(readTally)}(r)`],
  sized: 9,
  bound: (slots) => `(${only(slots)} === null ? 0 : ${only(slots)}.size * 12)`,
})

const putTally = (bytes: Uint8Array, from: number, tally: Tally): number => {
  let at = putCount(bytes, from, tally?.size ?? 0)
  for (const [bucket, count] of tally ?? []) {
    at = putCount(bytes, at, bucket + MOST_INDEX)
    at = putCount(bytes, at, count)
  }
  return at
}

const readTally = (reader: ByteReader): Tally => {
  let tally: Tally = null
  for (let left = reader.count(); left > 0; left--)
    tally = addTo(tally, reader.count() - MOST_INDEX, reader.count())
  return tally
}

/** All values in order, the one at the rank, and all but its highest 8 bits replaced by their middle. */
const nearestRank: Meaning = (rows, { read }) => {
  const values = rows.map(({ value }) => value as bigint).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const needed = values.findIndex((_, n) => (n + 1) * 1_000_000 >= Number(read) * 1_000_000 * values.length)
  const value = values[needed]
  if (value === undefined) return null
  const bits = (value < 0n ? -value : value).toString(2)
  if (bits.length <= 8) return value
  const middle = BigInt(`0b${bits.slice(0, 8)}1${'0'.repeat(bits.length - 9)}`)
  return value < 0n ? -middle : middle
}
