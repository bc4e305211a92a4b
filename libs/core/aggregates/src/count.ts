import { and, never, slotsRow, only, takeSlots, whenKnown } from './aggregate.ts'
import type { CellCode, ColumnsAggregate } from './aggregate.ts'
import { INT, countColumn } from './column.ts'
import { countBytes } from './number-bytes.ts'

export const count: ColumnsAggregate = {
  doc: 'How many rows; nothing counts 0.',
  keeps: 'columns',
  of: 'nothing',
  answer: () => ({ type: INT, optional: false }),
  columns: (_call, name) => [countColumn(name)],
  code(_call, body) {
    const merge: CellCode['merge'] = (into, from) => `${only(into)} += ${only(from)};`
    const zeros = ['0']
    return {
      zeros,
      add: (slots, { value }) => whenKnown(value, `${only(slots)}++;`),
      merge,
      take: takeSlots(body, { zeros, merge }),
      present: (slots) => ({ source: only(slots), nullable: false }),
      incomplete: never,
      bytes: countBytes(body),
    }
  },
  rowOf: slotsRow,
  sql: (_call, [kept = ''], { aggregates }) => ({
    add: (row) => [aggregates.count(and(row.only, row.value === null ? null : `${row.value} IS NOT NULL`))],
    merge: (rows) => [aggregates.sumCount(`s.${kept}`, rows)],
    present: only,
  }),
  meaning: (rows) => BigInt(rows.length),
}
