import { aggregateOf } from '@tidewater/aggregates'
import type { Plain } from '@tidewater/aggregates'
import { floorTo } from '@tidewater/base'
import type { AggregateCall, Expr, Value } from '@tidewater/expr'
import { hopOf } from '@tidewater/windows'
import type { EventDefinition, ViewDefinition } from 'tidewater'
import { evaluate, plainOf, valueOf } from './oracle-expr.ts'
import type { Env } from './oracle-expr.ts'
import type { LoggedRow } from './random-case.ts'

/** Measures recomputed from all rows of one group, each time anew: no tile, no state, no merge. */
export interface Oracle {
  /** True when the row passes the view's filter. */
  passes(row: LoggedRow): boolean
  /** An expression of the row. */
  read(expr: Expr, row: LoggedRow): Plain
  present(rows: readonly LoggedRow[], asOf: number): Record<string, Value> | null
}

type Tables = Env['tables']

const before = (a: LoggedRow, b: LoggedRow, time: string): number =>
  (a.row[time] as number) - (b.row[time] as number) || a.partition - b.partition || a.offset - b.offset

const inWindow = (call: AggregateCall, at: number, asOf: number): boolean => {
  if (call.window === null) return true
  const { kind, ms } = call.window
  const hop = hopOf(ms) ?? 0
  const last = floorTo(asOf, hop) - (kind === 'last' ? 0 : ms)
  const tile = floorTo(at, hop)
  return tile > last - ms && tile <= last
}

export const oracleOf = (view: ViewDefinition, event: EventDefinition, tables: Tables): Oracle => {
  const types = new Map(event.fields.map(({ name, type }) => [name, type]))
  const read = (expr: Expr, { row }: LoggedRow): Plain =>
    evaluate(expr, {
      field: (name) => plainOf(row[name] ?? null, types.get(name)!),
      aggregate: () => null,
      asOf: Number.NaN,
      tables,
    })
  const aggregate = (call: AggregateCall, rows: readonly LoggedRow[], asOf: number): Plain => {
    const taken = rows
      .filter((row) => call.where === null || read(call.where, row) === true)
      .filter((row) => inWindow(call, row.row[event.time] as number, asOf))
      .sort((a, b) => before(a, b, event.time))
    const seen = taken.map((row) => ({
      value: call.arg === null ? null : read(call.arg, row),
      key: call.by === undefined ? null : read(call.by, row),
      partition: row.partition,
      offset: row.offset,
      at: row.row[event.time] as number,
    }))
    const known = seen.filter(
      ({ value, key }) => (call.arg === null || value !== null) && (call.by === undefined || key !== null),
    )
    return aggregateOf(call).meaning(known, call, asOf)
  }
  return {
    passes: (row) => view.where === null || read(view.where, row) === true,
    read,
    present: (rows, asOf) => {
      const heard = Math.max(-Infinity, ...rows.map(({ row }) => row[event.time] as number))
      if (view.expiresMs !== null && heard < asOf - view.expiresMs) return null
      const measures = view.measures.map(({ name, expr }) => {
        const value = evaluate(expr, {
          field: () => null,
          aggregate: (call) => aggregate(call, rows, asOf),
          asOf,
          tables,
        })
        return [name, valueOf(value)]
      })
      return Object.fromEntries(measures) as Record<string, Value>
    },
  }
}
