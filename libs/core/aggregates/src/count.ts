import { only, whenKnown } from './aggregate.ts'
import type { Aggregate } from './aggregate.ts'
import { countColumn } from './column.ts'

/** How many rows; nothing counts 0. */
export const count: Aggregate = {
  columns: (_call, name) => [countColumn(name)],
  code: () => ({
    zeros: ['0'],
    add: (slots, { value }) => whenKnown(value, `${only(slots)}++;`),
    merge: (into, from) => `${only(into)} += ${only(from)};`,
    present: (slots) => ({ source: only(slots), nullable: false }),
  }),
}
