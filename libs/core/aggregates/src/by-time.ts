import { whenKnown } from './aggregate.ts'
import type { Aggregate } from './aggregate.ts'
import { INSTANT, INT, argTypeOf } from './column.ts'

/**
 * latest and earliest: the value of the row that stands last (first) by (event time, partition, offset), so the result
 * depends on the rows alone (semantics V4). Missing values are passed over. An empty slot has an infinite time.
 */
export const byTime = (sign: '<' | '>', empty: 'Infinity' | '-Infinity'): Aggregate => ({
  columns: (call, name) => [
    { name, kind: 'value', type: argTypeOf(call) },
    { name: `${name}_at`, kind: 'position', type: INSTANT },
    { name: `${name}_partition`, kind: 'position', type: INT },
    { name: `${name}_offset`, kind: 'position', type: INT },
  ],
  code: (call) => {
    const take = (slots: readonly string[], from: readonly string[]): string => {
      const [, at = '', partition = '', offset = ''] = slots
      const [, t = '', p = '', o = ''] = from
      const samePartition = `${p} === ${partition} && ${o} ${sign} ${offset}`
      const sameTime = `${t} === ${at} && (${p} ${sign} ${partition} || (${samePartition}))`
      const assign = slots.map((slot, n) => `${slot} = ${from[n]};`).join(' ')
      return `if (${t} ${sign} ${at} || (${sameTime})) { ${assign} }`
    }
    const text = ['id', 'text', 'oneOf', 'boolean'].includes(argTypeOf(call).kind)
    return {
      zeros: [text ? 'null' : '0', empty, '0', '0'],
      add: (slots, { value, at, partition, offset }) =>
        whenKnown(value, take(slots, [value?.source ?? '', at, partition, offset])),
      merge: take,
      present: ([value = '', at = '']) => ({
        source: `${at} === ${empty} ? null : ${value}`,
        nullable: true,
      }),
    }
  },
})
