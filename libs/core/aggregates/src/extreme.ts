import type { Value } from '@tidewater/expr'
import { never, only, takeSlots, whenKnown } from './aggregate.ts'
import type { CellCode, ColumnsAggregate } from './aggregate.ts'
import { NUMBER, argTypeOf, column } from './column.ts'
import { readValue, writeValue } from './value-bytes.ts'

/**
 * min and max. An empty slot holds the infinity that any value beats: it compares with numbers and bigints alike and
 * keeps the slot a plain double, where null would cost an allocation at every change.
 */
export const extreme = (which: 'min' | 'max'): ColumnsAggregate => {
  const [sign, empty] = which === 'min' ? ['<', 'Infinity'] : ['>', '-Infinity']
  return {
    doc: `The ${which === 'min' ? 'least' : 'greatest'} value; of nothing it is missing.`,
    keeps: 'columns',
    of: 'numbers',
    answer: (arg) => ({ type: arg ?? NUMBER, optional: true }),
    columns: (call, name) => [column(name, argTypeOf(call))],
    code(call, body) {
      const type = argTypeOf(call)
      const keepBetter = (slot: string, value: string): string =>
        `if (${value} ${sign} ${slot}) ${slot} = ${value};`
      const zeros = [empty]
      const merge: CellCode['merge'] = (into, from) => keepBetter(only(into), only(from))
      return {
        zeros,
        add: (slots, { value }) => whenKnown(value, keepBetter(only(slots), value?.source ?? '')),
        merge,
        take: takeSlots(body, { zeros, merge }),
        present: (slots) => ({
          source: `${only(slots)} === ${empty} ? null : ${only(slots)}`,
          nullable: true,
        }),
        incomplete: never,
        // A byte says whether there is a value.
        bytes: {
          write: ([slot = '']) =>
            `if (${slot} === ${empty}) bytes[at++] = 0; else { bytes[at++] = 1; ${writeValue(body, type, slot)} }`,
          reads: [`r.byte() === 0 ? ${empty} : ${readValue(body, type)}`],
          sized: 50,
          bound: () => null,
        },
      }
    },
    rowOf: ([best]) => [best === Number(empty) ? null : (best as Value)],
    sql: (_call, [kept = ''], { aggregates }) => ({
      add: (row) => [aggregates[which](row.value ?? '', row.only)],
      merge: (rows) => [aggregates[which](`s.${kept}`, rows)],
      present: only,
    }),
    meaning: (rows) =>
      rows
        .map(({ value }) => value as bigint | number)
        .reduce<bigint | number | null>(
          (best, x) => (best === null || (which === 'min' ? x < best : x > best) ? x : best),
          null,
        ),
  }
}
