import { addExact } from '@tidewater/base'
import { SUM_DIGITS, finite, isExact, scaleOf } from '@tidewater/expr'
import type { JsBody, Type } from '@tidewater/expr'
import { only, whenKnown } from './aggregate.ts'
import type { Aggregate } from './aggregate.ts'
import { argTypeOf } from './column.ts'
import type { Column } from './column.ts'

/** Exact values add up exactly in up to 38 digits, doubles as doubles. */
export const sumColumn = (name: string, type: Type): Column => {
  if (!isExact(type)) return { name, kind: 'float', type: { kind: 'number' } }
  const scale = scaleOf(type)
  if (scale === 0) return { name, kind: 'sum', type: { kind: 'int', digits: SUM_DIGITS } }
  return { name, kind: 'sum', type: { kind: 'decimal', digits: SUM_DIGITS, scale } }
}

/** Source of `slot + value`. */
export const plusSource = (body: JsBody, type: Type, slot: string, value: string): string =>
  isExact(type) ? `${body.constant(addExact)}(${slot}, ${value})` : `${slot} + ${value}`

/** The sum of the values that are there; of nothing it is 0. */
export const sum: Aggregate = {
  columns: (call, name) => [sumColumn(name, argTypeOf(call))],
  code: (call, body) => {
    const type = argTypeOf(call)
    const plus = (slot: string, value: string): string => `${slot} = ${plusSource(body, type, slot, value)};`
    return {
      zeros: ['0'],
      add: (slots, { value }) => whenKnown(value, plus(only(slots), value?.source ?? '')),
      merge: (into, from) => plus(only(into), only(from)),
      present: (slots) =>
        isExact(type)
          ? { source: only(slots), nullable: false }
          : { source: `${body.constant(finite)}(${only(slots)})`, nullable: true },
    }
  },
}
