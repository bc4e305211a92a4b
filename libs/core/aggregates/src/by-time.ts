import { putSigned } from '@tidewater/base'
import { never, takeSlots, and, whenKnown } from './aggregate.ts'
import type { CellBytes, CellCode, ColumnsAggregate } from './aggregate.ts'
import { INSTANT, INT, NUMBER, argTypeOf, column } from './column.ts'
import type { CellCall } from './column.ts'
import { offsetSql } from './place-sql.ts'
import { boundOf, isSized, readValue, writeCount, writeValue } from './value-bytes.ts'
import type { AggregateWords, JsBody } from '@tidewater/expr'

/**
 * latest and earliest: the value of the row that stands last (first) by (event time, partition, offset), so the result
 * depends on the rows alone (semantics V4). Missing values are passed over. An empty slot has an infinite time.
 */
export const byTime = (which: 'latest' | 'earliest'): ColumnsAggregate => {
  const [sign, empty] = which === 'latest' ? ['>', '-Infinity'] : ['<', 'Infinity']
  return {
    doc: `The value of the ${which === 'latest' ? 'last' : 'first'} row by event time; of nothing it is missing.`,
    keeps: 'columns',
    of: 'values',
    placed: true,
    answer: (arg) => ({ type: arg ?? NUMBER, optional: true }),
    columns: (call, name) => [
      column(name, argTypeOf(call)),
      column(`${name}_at`, INSTANT),
      column(`${name}_partition`, INT),
      column(`${name}_offset`, INT),
    ],
    code(call, body) {
      const text = ['id', 'text', 'oneOf', 'boolean'].includes(argTypeOf(call).kind)
      const zeros = [text ? 'null' : '0', empty, '0', '0']
      const merge: CellCode['merge'] = (slots, from) => {
        const [, at = '', partition = '', offset = ''] = slots
        const [, t = '', p = '', o = ''] = from
        const samePartition = `${p} === ${partition} && ${o} ${sign} ${offset}`
        const sameTime = `${t} === ${at} && (${p} ${sign} ${partition} || (${samePartition}))`
        const assign = slots.map((slot, n) => `${slot} = ${from[n]};`).join(' ')
        return `if (${t} ${sign} ${at} || (${sameTime})) { ${assign} }`
      }
      return {
        zeros,
        add: (slots, { value, at, partition, offset }) =>
          whenKnown(value, merge(slots, [value?.source ?? '', at, partition, offset])),
        merge,
        take: takeSlots(body, { zeros, merge }),
        present: ([value = '', at = '']) => ({
          source: `${at} === ${empty} ? null : ${value}`,
          nullable: true,
        }),
        incomplete: never,
        bytes: bytesOf(call, body, zeros),
      }
    },
    rowOf: (slots) =>
      Number.isFinite(slots[1]) ? (slots as readonly (string | number)[]) : [null, null, null, null],
    sql(call, columns, dialect) {
      const [, at = ''] = columns
      const { aggregates } = dialect
      const pick = which === 'latest' ? aggregates.atGreatest : aggregates.atLeast
      const outermost = which === 'latest' ? aggregates.max : aggregates.min
      return {
        add(row) {
          const chosen = and(row.only, `${row.value} IS NOT NULL`)
          const time = outermost(row.at, chosen)
          return [
            pick(row.value ?? '', row.place, chosen),
            time,
            // Rows of one slot share their partition.
            aggregates.max(row.partition, chosen),
            offsetSql(dialect, outermost(row.place, chosen), time),
          ]
        },
        merge: (rows) => mergedSql(columns, `${rows} AND s.${at} IS NOT NULL`, pick, outermost),
        present: ([picked = '']) => picked,
      }
    },
    meaning: (rows) => (which === 'latest' ? rows.at(-1) : rows[0])?.value ?? null,
  }
}

/** The columns of the row that stands outermost. */
const mergedSql = (
  [value = '', at = '', partition = '', offset = '']: readonly string[],
  chosen: string,
  pick: AggregateWords['atGreatest'],
  outermost: AggregateWords['max'],
): readonly string[] => {
  const place = `(s.${at}, s.${partition}, s.${offset})`
  const picked = (column: string): string => pick(`s.${column}`, place, chosen)
  return [picked(value), outermost(`s.${at}`, chosen), picked(partition), picked(offset)]
}

/** A byte says whether there is a row, then its value, time, partition and offset. */
const bytesOf = (call: CellCall, body: JsBody, zeros: readonly string[]): CellBytes => {
  const type = argTypeOf(call)
  return {
    write: ([value = '', at = '', partition = '', offset = '']) => {
      const row = [
        writeValue(body, type, value),
        `at = ${body.constant(putSigned)}(bytes, at, ${at});`,
        writeCount(body, partition),
        writeCount(body, offset),
      ]
      return `if (${at} === ${zeros[1]}) bytes[at++] = 0; else { bytes[at++] = 1; ${row.join(' ')} }`
    },
    reads: [
      `(r.known = r.byte() === 1) ? ${readValue(body, type)} : ${zeros[0]}`,
      `r.known ? r.signed() : ${zeros[1]}`,
      'r.known ? r.count() : 0',
      'r.known ? r.count() : 0',
    ],
    sized: 1 + 48 + 3 * 9,
    bound: ([value = '']) => (isSized(type) ? null : boundOf(type, value)),
  }
}
