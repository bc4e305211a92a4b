import { only, whenKnown } from './aggregate.ts'
import type { Aggregate } from './aggregate.ts'
import { argTypeOf } from './column.ts'

/**
 * min and max. An empty slot holds the infinity that any value beats: it compares with numbers and bigints alike and
 * keeps the slot a plain double, where null would cost an allocation at every change.
 */
export const extreme = (sign: '<' | '>', empty: 'Infinity' | '-Infinity'): Aggregate => ({
  columns: (call, name) => [{ name, kind: 'value', type: argTypeOf(call) }],
  code: () => {
    const take = (slot: string, value: string): string => `if (${value} ${sign} ${slot}) ${slot} = ${value};`
    return {
      zeros: [empty],
      add: (slots, { value }) => whenKnown(value, take(only(slots), value?.source ?? '')),
      merge: (into, from) => take(only(into), only(from)),
      present: (slots) => ({ source: `${only(slots)} === ${empty} ? null : ${only(slots)}`, nullable: true }),
    }
  },
})
