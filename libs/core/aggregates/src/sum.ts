import { addExact } from '@tidewater/base'
import { SUM_DIGITS, finite, isExact, scaleOf } from '@tidewater/expr'
import type { JsBody, SqlDialect, Type } from '@tidewater/expr'
import { never, slotsRow, only, takeSlots, whenKnown } from './aggregate.ts'
import type { CellCode, ColumnsAggregate } from './aggregate.ts'
import { NUMBER, argTypeOf, column } from './column.ts'
import type { Plain } from './meaning.ts'
import { totalBytes } from './number-bytes.ts'

/** The type of a total: exact values add up exactly in up to 38 digits, doubles as doubles. */
export const totalType = (type: Type): Type => (isExact(type) ? { ...type, digits: SUM_DIGITS } : NUMBER)

/** Source of `slot + value`. */
export const plusSource = (body: JsBody, type: Type, slot: string, value: string): string =>
  isExact(type) ? `${body.constant(addExact)}(${slot}, ${value})` : `${slot} + ${value}`

/** Total of `x` over the rows that fulfil `only`; 0 of none. */
export const totalSql = ({ aggregates }: SqlDialect, type: Type, x: string, only: string | null): string =>
  isExact(type) ? aggregates.sumInteger(x, only) : aggregates.sumDouble(x, only)

/**
 * How a sum behaves at its limit. Doubles beyond ±1.8e308 are infinite and answered as missing. Exact values cannot overflow in one
 * row: an expression of one event has at most 27 digits, and a definition that needs more is refused when it is loaded. Their
 * total has 38 digits, which takes 10^11 of the widest values. JavaScript counts in safe integers, beyond 2^53 in bigints, and
 * comes back; SQL in 128 bits from the first row on.
 */
export const sum: ColumnsAggregate = {
  doc: 'The sum of the values that are there, exact for int and decimal; of nothing 0.',
  keeps: 'columns',
  of: 'numbers',
  answer: (arg) => ({ type: totalType(arg ?? NUMBER), optional: false }),
  columns: (call, name) => [column(name, totalType(argTypeOf(call)))],
  code(call, body) {
    const type = argTypeOf(call)
    const plus = (slot: string, value: string): string => `${slot} = ${plusSource(body, type, slot, value)};`
    const merge: CellCode['merge'] = (into, from) => plus(only(into), only(from))
    const zeros = ['0']
    return {
      zeros,
      add: (slots, { value }) => whenKnown(value, plus(only(slots), value?.source ?? '')),
      merge,
      take: takeSlots(body, { zeros, merge }),
      present: (slots) =>
        isExact(type)
          ? { source: only(slots), nullable: false }
          : { source: `${body.constant(finite)}(${only(slots)})`, nullable: true },
      incomplete: never,
      bytes: totalBytes(body, type),
    }
  },
  rowOf: slotsRow,
  sql(call, [kept = ''], dialect) {
    const type = argTypeOf(call)
    return {
      add: (row) => [totalSql(dialect, type, row.value ?? '', row.only)],
      merge: (rows) => [totalSql(dialect, type, `s.${kept}`, rows)],
      present: ([total = '']) => (isExact(type) ? total : dialect.finite(total)),
    }
  },
  meaning: (rows, { arg }) =>
    plainTotal(
      rows.map(({ value }) => value),
      arg?.type.kind !== 'number',
    ),
}

/** For meanings: values added one by one, exact ones as bigints. */
export const plainTotal = (values: readonly Plain[], exact: boolean): bigint | number =>
  exact
    ? values.reduce((total: bigint, x) => total + (x as bigint), 0n)
    : values.reduce((total: number, x) => total + (x as number), 0)

/** For meanings: the scale of exact values, 0 for others. */
export const plainScale = (type: Type | undefined): number => (type === undefined ? 0 : scaleOf(type))
