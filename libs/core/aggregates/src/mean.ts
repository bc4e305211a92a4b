import { exactToNumber } from '@tidewater/base'
import { finite, isExact, scaleOf } from '@tidewater/expr'
import { whenKnown } from './aggregate.ts'
import type { Aggregate } from './aggregate.ts'
import { argTypeOf, countColumn } from './column.ts'
import { plusSource, sumColumn } from './sum.ts'

/** Sum ÷ count of the values that are there, a double; of nothing it is missing. */
export const mean: Aggregate = {
  columns: (call, name) => [sumColumn(name, argTypeOf(call)), countColumn(`${name}_n`)],
  code: (call, body) => {
    const type = argTypeOf(call)
    const plus = (slot: string, value: string): string => `${slot} = ${plusSource(body, type, slot, value)};`
    const total = (slot: string): string =>
      isExact(type) ? `${body.constant(exactToNumber)}(${slot}, ${scaleOf(type)})` : slot
    return {
      zeros: ['0', '0'],
      add: ([s = '', n = ''], { value }) => whenKnown(value, `${plus(s, value?.source ?? '')} ${n}++;`),
      merge: ([s = '', n = ''], [t = '', m = '']) => `${plus(s, t)} ${n} += ${m};`,
      present: ([s = '', n = '']) => ({
        source: `${n} === 0 ? null : ${body.constant(finite)}(${total(s)} / ${n})`,
        nullable: true,
      }),
    }
  },
}
