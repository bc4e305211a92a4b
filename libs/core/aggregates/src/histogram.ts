import type { Exact } from '@tidewater/base'
import { isExact, scaleOf } from '@tidewater/expr'
import type { Option, SqlDialect, Type } from '@tidewater/expr'
import { and, never, slotsRow, takeSlots, whenKnown } from './aggregate.ts'
import type { CellCode, ColumnsAggregate, Refusal } from './aggregate.ts'
import { INT, argTypeOf, countColumn } from './column.ts'
import type { CellCall } from './column.ts'
import type { Meaning } from './meaning.ts'
import { countBytes, sideBySide } from './number-bytes.ts'

const edgesOf = ({ options }: Pick<CellCall, 'options'>): readonly number[] =>
  options['edges'] as readonly number[]

/** An edge in the form that values have: exact ones as their integer. A definition whose edge has more digits is refused. */
const cellOf = (edge: number, type: Type): Exact => {
  if (!isExact(type)) return edge
  const integer = BigInt(edge.toFixed(scaleOf(type)).replace('.', ''))
  return Number.isSafeInteger(Number(integer)) ? Number(integer) : integer
}

const edgeSource = (edge: number, type: Type): string => {
  const cell = cellOf(edge, type)
  return typeof cell === 'bigint' ? `${cell}n` : String(cell)
}

const edgeSql = (edge: number, type: Type, dialect: SqlDialect): string =>
  isExact(type) ? String(cellOf(edge, type)) : dialect.double(edge)

const MOST_EDGES = 100

const wrongEdges = (given: Option | undefined, type: Type, told: string): Refusal | null => {
  const cure = `write histogram(${told}, [0, 10, 100])`
  const edges: readonly unknown[] = Array.isArray(given) ? given : []
  if (edges.length < 1 || edges.length > MOST_EDGES)
    return { wrong: `'histogram' takes a list of 1 to ${MOST_EDGES} edges`, cure }
  for (const [n, edge] of edges.entries()) {
    if (typeof edge !== 'number' || !(Math.abs(edge) <= Number.MAX_SAFE_INTEGER))
      return { wrong: `the edge ${String(edge)} is no number of at most 15 digits`, cure }
    if (isExact(type) && Number(edge.toFixed(scaleOf(type))) !== edge)
      return {
        wrong: `the edge ${edge} has more digits after the point than ${told}, which has ${scaleOf(type)}`,
        cure: 'write edges of as many digits',
      }
    if (n > 0 && !(edge > Number(edges[n - 1])))
      return { wrong: `edges ascend, and ${edge} follows ${String(edges[n - 1])}`, cure }
  }
  return null
}

/** Conditions of the buckets: below the first edge, from each edge to below the next, from the last edge on. */
const bucketsSql = (x: string, call: CellCall, dialect: SqlDialect): readonly string[] => {
  const edges = edgesOf(call).map((edge) => edgeSql(edge, argTypeOf(call), dialect))
  return [null, ...edges].map(
    (from, n) =>
      and(from === null ? null : `${x} >= ${from}`, edges[n] === undefined ? null : `${x} < ${edges[n]}`) ??
      '',
  )
}

const countsOf: Meaning = (rows, { arg, options }) => {
  const unit = 10 ** (arg === null ? 0 : scaleOf(arg.type))
  const bounds = [
    -Infinity,
    ...edgesOf({ options }).map((edge) => Math.round(edge * unit * 1e6) / 1e6),
    Infinity,
  ]
  return bounds.slice(1).map((to, n) => {
    const from = bounds[n] as number
    const inside = rows.filter(
      ({ value }) => (value as bigint | number) >= from && (value as bigint | number) < to,
    )
    return BigInt(inside.length)
  })
}

/** Exact: the counts of the buckets, which add up in any order. */
export const histogram: ColumnsAggregate = {
  doc: 'How many values lie below the first edge, from each edge to below the next, and from the last on; of nothing zeros.',
  keeps: 'columns',
  of: 'numbers',
  refuses: (type, told, { edges }) => wrongEdges(edges, type, told),
  answer: () => ({ type: { kind: 'list', of: INT }, optional: false }),
  options: { edges: [[0], [-1, 0, 10], [-0.5, 0.25, 100], [0, 1, 2, 3, 1_000_000]] },
  second: 'edges',
  columns: (call, name) => [...edgesOf(call), null].map((_, n) => countColumn(`${name}_${n}`)),
  code(call, body) {
    const type = argTypeOf(call)
    const edges = edgesOf(call).map((edge) => edgeSource(edge, type))
    const zeros = [...edges, ''].map(() => '0')
    const merge: CellCode['merge'] = (into, from) => into.map((slot, n) => `${slot} += ${from[n]};`).join(' ')
    return {
      zeros,
      add: (slots, { value }) => {
        const steps = slots.map((slot, n) =>
          edges[n] === undefined ? `${slot}++;` : `if (${value?.source} < ${edges[n]}) ${slot}++;`,
        )
        return whenKnown(value, steps.join(' else '))
      },
      merge,
      take: takeSlots(body, { zeros, merge }),
      present: (slots) => ({ source: `[${slots.join(', ')}]`, nullable: false }),
      incomplete: never,
      bytes: sideBySide(zeros.map(() => countBytes(body))),
    }
  },
  rowOf: slotsRow,
  sql: (call, columns, dialect) => ({
    add: ({ value, only }) => {
      const known = `${value} IS NOT NULL`
      return bucketsSql(value ?? '', call, dialect).map((bucket) =>
        dialect.aggregates.count(and(only, known, bucket)),
      )
    },
    merge: (rows) => columns.map((name) => dialect.aggregates.sumCount(`s.${name}`, rows)),
    present: (counts) => `[${counts.join(', ')}]`,
  }),
  meaning: countsOf,
}
