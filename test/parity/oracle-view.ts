import { floorTo } from '@tidewater/base'
import type { AggregateCall, Expr, Value } from '@tidewater/expr'
import { hopOf } from '@tidewater/windows'
import type { EventDefinition, ViewDefinition } from 'tidewater'
import { evaluate, plainOf, valueOf } from './oracle-expr.ts'
import type { Env, Plain } from './oracle-expr.ts'
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

const session = (call: AggregateCall, times: readonly number[], asOf: number): Plain => {
  const gap = call.gapMs ?? 0
  const sessions: { start: number; end: number; events: number }[] = []
  for (const at of [...times].sort((a, b) => a - b)) {
    const open = sessions.at(-1)
    if (open === undefined || at - open.end > gap) sessions.push({ start: at, end: at, events: 1 })
    else Object.assign(open, { end: at, events: open.events + 1 })
  }
  const open = sessions.find(({ start, end }) => start <= asOf && asOf - end <= gap)
  if (call.read === 'startedAt') return open?.start ?? null
  if (call.read === 'events') return BigInt(open?.events ?? 0)
  return open === undefined ? 0 : (open.end - open.start) / 1000
}

const total = (values: readonly Plain[], exact: boolean): Plain =>
  exact
    ? values.reduce((sum: bigint, x) => sum + (x as bigint), 0n)
    : values.reduce((sum: number, x) => sum + (x as number), 0)

const meanOf = (values: readonly Plain[], exact: boolean, scale: number): Plain => {
  if (values.length === 0) return null
  const sum = Number(total(values, exact))
  return (exact ? sum / 10 ** scale : sum) / values.length
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
    if (call.fn === 'count') return BigInt(taken.length)
    if (call.fn === 'session')
      return session(
        call,
        taken.map(({ row }) => row[event.time] as number),
        asOf,
      )
    const arg = call.arg!
    const values = taken.map((row) => read(arg, row)).filter((value) => value !== null)
    const exact = arg.type.kind === 'int' || arg.type.kind === 'decimal'
    switch (call.fn) {
      case 'sum':
        return total(values, exact)
      case 'mean':
        return meanOf(values, exact, arg.type.kind === 'decimal' ? arg.type.scale : 0)
      case 'min':
        return values.reduce((least: Plain, x) => (least === null || x < least ? x : least), null)
      case 'max':
        return values.reduce((most: Plain, x) => (most === null || x > most ? x : most), null)
      case 'latest':
        return values.at(-1) ?? null
      case 'earliest':
        return values[0] ?? null
      case 'distinct': {
        const count = new Set(values).size
        return count > (call.atMost ?? 10_000) ? null : BigInt(count)
      }
    }
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
