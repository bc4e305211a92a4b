import { exactToNumber } from '@tidewater/base'
import { exactToDouble, finite, isExact, scaleOf } from '@tidewater/expr'
import { and, never, slotsRow, takeSlots, whenKnown } from './aggregate.ts'
import type { CellCode, ColumnsAggregate } from './aggregate.ts'
import { NUMBER, argTypeOf, column, countColumn } from './column.ts'
import { countBytes, sideBySide, totalBytes } from './number-bytes.ts'
import { plainScale, plainTotal, plusSource, totalSql, totalType } from './sum.ts'

export const mean: ColumnsAggregate = {
  doc: 'Sum ÷ count of the values that are there, a double; of nothing it is missing.',
  keeps: 'columns',
  of: 'numbers',
  answer: () => ({ type: NUMBER, optional: true }),
  columns: (call, name) => [column(name, totalType(argTypeOf(call))), countColumn(`${name}_n`)],
  code(call, body) {
    const type = argTypeOf(call)
    const plus = (slot: string, value: string): string => `${slot} = ${plusSource(body, type, slot, value)};`
    const total = (slot: string): string =>
      isExact(type) ? `${body.constant(exactToNumber)}(${slot}, ${scaleOf(type)})` : slot
    const zeros = ['0', '0']
    const merge: CellCode['merge'] = ([s = '', n = ''], [t = '', m = '']) => `${plus(s, t)} ${n} += ${m};`
    return {
      zeros,
      add: ([s = '', n = ''], { value }) => whenKnown(value, `${plus(s, value?.source ?? '')} ${n}++;`),
      merge,
      take: takeSlots(body, { zeros, merge }),
      present: ([s = '', n = '']) => ({
        source: `${n} === 0 ? null : ${body.constant(finite)}(${total(s)} / ${n})`,
        nullable: true,
      }),
      incomplete: never,
      bytes: sideBySide([totalBytes(body, type), countBytes(body)]),
    }
  },
  rowOf: slotsRow,
  sql(call, [total = '', n = ''], dialect) {
    const { aggregates } = dialect
    const type = argTypeOf(call)
    return {
      add: ({ value, only }) => [
        totalSql(dialect, type, value ?? '', only),
        aggregates.count(and(only, `${value} IS NOT NULL`)),
      ],
      merge: (rows) => [totalSql(dialect, type, `s.${total}`, rows), aggregates.sumCount(`s.${n}`, rows)],
      present([sum = '', count = '']) {
        const double = isExact(type) ? exactToDouble(sum, scaleOf(type), dialect) : sum
        return dialect.finite(`(${double} / CAST(${count} AS ${dialect.cellType(NUMBER)}))`)
      },
    }
  },
  meaning(rows, { arg }) {
    if (rows.length === 0) return null
    const total = plainTotal(
      rows.map(({ value }) => value),
      arg?.type.kind !== 'number',
    )
    return Number(total) / 10 ** plainScale(arg?.type) / rows.length
  },
}
