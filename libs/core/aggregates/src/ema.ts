import { finite, scaleOf } from '@tidewater/expr'
import { and, never, whenKnown } from './aggregate.ts'
import type { ColumnsAggregate } from './aggregate.ts'
import { NUMBER, argTypeOf } from './column.ts'
import {
  addAt,
  halfLifeOf,
  mergeSums,
  mergedSumsSql,
  refusesHalfLife,
  summed,
  summedSql,
  sumsSql,
  takeSums,
} from './half-lives.ts'
import { plainSums } from './half-lives-meant.ts'
import { bytesOfTotals, itemsOf, totalsColumn } from './totals.ts'
import type { Totals } from './totals.ts'

/** Both have the same half-lives, so the moment at which they are compared does not matter. */
const meanOf = (values: Totals, weights: Totals, unit: number): number | null => {
  const [value, weight] = [summed(values), summed(weights)]
  return value === null || weight === null ? null : finite(value.total / weight.total / unit)
}

/** The exponentially weighted mean by event time: a value weighs half as much for each half-life that it is older. */
export const ema: ColumnsAggregate = {
  doc: 'The mean of the values, where one weighs half as much for each half-life that it is older by event time; a weight is at most 0.0003 % off; of nothing it is missing.',
  keeps: 'columns',
  of: 'numbers',
  refuses: (type, told, options) => refusesHalfLife('ema', type, told, options),
  answer: () => ({ type: NUMBER, optional: true }),
  options: { halfLife: [{ ms: 1_000 }, { ms: 90_001 }, { ms: 3_600_000 }] },
  columns: (_call, name) => [totalsColumn(name), totalsColumn(`${name}_weights`)],
  code(call, body) {
    const [add, merge, take] = [body.constant(addAt), body.constant(mergeSums), body.constant(takeSums)]
    const halfLife = halfLifeOf(call)
    return {
      zeros: ['null', 'null'],
      add: ([sums = '', weights = ''], { value, at }) =>
        whenKnown(
          value,
          `${sums} = ${add}(${sums}, ${value?.source}, ${at}, ${halfLife}); ${weights} = ${add}(${weights}, 1, ${at}, ${halfLife});`,
        ),
      merge: (into, from) => into.map((slot, n) => `${slot} = ${merge}(${slot}, ${from[n]});`).join(' '),
      take: (slots, { values }) =>
        slots.map((slot, n) => `${slot} = ${take}(${slot}, ${values[n]});`).join(' '),
      present: (slots) => ({
        source: `${body.constant(meanOf)}(${slots.join(', ')}, ${10 ** scaleOf(argTypeOf(call))})`,
        nullable: true,
      }),
      incomplete: never,
      bytes: bytesOfTotals(body, 2),
    }
  },
  rowOf: (slots) => slots.map((sums) => itemsOf(sums as Totals)),
  sql: (call, columns, dialect) => ({
    add({ value, only, at }) {
      const known = and(only, `${value} IS NOT NULL`)
      return [value ?? '', '1'].map((x) => sumsSql(x, at, known, halfLifeOf(call), dialect))
    },
    merge: (rows) => columns.map((column) => mergedSumsSql(column, rows, dialect)),
    present([list = '', weights = '']) {
      const total = (of: string): string => summedSql(of, dialect, (sum) => sum)
      return dialect.finite(
        `(${total(list)} / ${total(weights)} / ${dialect.double(10 ** scaleOf(argTypeOf(call)))})`,
      )
    },
  }),
  meaning(rows, { arg, options }) {
    const halfLife = halfLifeOf({ options })
    const sums = plainSums(
      rows.map(({ at, value }) => ({ at, value: value as bigint })),
      halfLife,
    )
    const weights = plainSums(
      rows.map(({ at }) => ({ at, value: 1n })),
      halfLife,
    )
    if (sums === null || weights === null) return null
    return Number(sums.total) / Number(weights.total) / 10 ** scaleOf(arg?.type ?? NUMBER)
  },
}
