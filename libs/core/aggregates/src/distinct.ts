import type { Value } from '@tidewater/expr'
import { only, whenKnown } from './aggregate.ts'
import type { Aggregate } from './aggregate.ts'
import { argTypeOf } from './column.ts'

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

/** The number of different values that are there, exact up to `atMost`, beyond it missing and flagged; of nothing 0. */
export const distinct: Aggregate = {
  columns: (call, name) => [{ name, kind: 'set', type: argTypeOf(call) }],
  code: (call, body) => ({
    zeros: ['null'],
    add: (slots, { value }) =>
      whenKnown(
        value,
        `${only(slots)} = ${body.constant(addDistinct)}(${only(slots)}, ${value?.source}, ${call.atMost});`,
      ),
    merge: (into, from) =>
      `${only(into)} = ${body.constant(mergeDistinct)}(${only(into)}, ${only(from)}, ${call.atMost});`,
    present: (slots) => ({ source: `${body.constant(presentDistinct)}(${only(slots)})`, nullable: true }),
  }),
}
