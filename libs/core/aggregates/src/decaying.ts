import { finite, scaleOf } from '@tidewater/expr'
import { and, never, only, whenKnown } from './aggregate.ts'
import type { ColumnsAggregate } from './aggregate.ts'
import { INT, NUMBER } from './column.ts'
import {
  addAt,
  decayedTo,
  decayedToSql,
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

const decayed = (sums: Totals, asOf: number, halfLife: number, unit: number): number | null => {
  const all = summed(sums)
  return all === null ? 0 : finite(decayedTo(asOf, all.total, all.newest, halfLife) / unit)
}

/** `count().decaying(…)` and `sum(x).decaying(…)`: a row weighs half as much for each half-life that it is older. */
export const decaying = (of: 'count' | 'sum'): ColumnsAggregate => ({
  doc: `${of === 'count' ? 'How many rows' : 'The sum of the values'}, where one weighs half as much for each half-life that it is older; a weight is at most 0.0003 % off; of nothing 0.`,
  keeps: 'columns',
  of: of === 'count' ? 'nothing' : 'numbers',
  method: { of, name: 'decaying' },
  refuses: (type, told, options) => refusesHalfLife('decaying', type, told, options),
  answer: () => ({ type: NUMBER, optional: true }),
  options: { halfLife: [{ ms: 1_000 }, { ms: 90_001 }, { ms: 3_600_000 }] },
  columns: (_call, name) => [totalsColumn(name)],
  code(call, body) {
    const halfLife = halfLifeOf(call)
    const unit = 10 ** scaleOf(call.arg?.type ?? INT)
    return {
      zeros: ['null'],
      add: (slots, { value, at }) =>
        whenKnown(
          value,
          `${only(slots)} = ${body.constant(addAt)}(${only(slots)}, ${value?.source ?? 1}, ${at}, ${halfLife});`,
        ),
      merge: (into, from) => `${only(into)} = ${body.constant(mergeSums)}(${only(into)}, ${only(from)});`,
      take: (slots, { values }) =>
        `${only(slots)} = ${body.constant(takeSums)}(${only(slots)}, ${only(values)});`,
      present: (slots, { asOf }) => ({
        source: `${body.constant(decayed)}(${only(slots)}, ${asOf}, ${halfLife}, ${unit})`,
        nullable: true,
      }),
      incomplete: never,
      bytes: bytesOfTotals(body, 1),
    }
  },
  rowOf: ([sums]) => [itemsOf(sums as Totals)],
  sql: (call, [kept = ''], dialect) => ({
    add({ value, only, at }) {
      const known = and(only, value === null ? null : `${value} IS NOT NULL`)
      return [sumsSql(value ?? '1', at, known, halfLifeOf(call), dialect)]
    },
    merge: (rows) => [mergedSumsSql(kept, rows, dialect)],
    present: ([list = ''], _read, asOf) => {
      const unit = dialect.double(10 ** scaleOf(call.arg?.type ?? INT))
      const answer = summedSql(list, dialect, (total, newest) =>
        decayedToSql(asOf, `(${total} / ${unit})`, newest, halfLifeOf(call), dialect),
      )
      return `CASE WHEN ${dialect.length(list)} = 0 THEN 0e0 ELSE ${answer} END`
    },
  }),
  meaning(rows, { arg, options }, asOf) {
    const halfLife = halfLifeOf({ options })
    const values = rows.map(({ at, value }) => ({ at, value: value === null ? 1n : (value as bigint) }))
    const sums = plainSums(values, halfLife)
    if (sums === null) return 0
    const start = Number(sums.newest) * halfLife
    const total = Number(sums.total) / 2 ** 32 / 10 ** scaleOf(arg?.type ?? INT)
    const answer = total * 2 ** ((start - asOf) / halfLife)
    return Number.isFinite(answer) ? answer : null
  },
})
