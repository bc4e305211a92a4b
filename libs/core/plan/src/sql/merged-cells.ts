import type { AggregateCall, SqlDialect } from '@tidewater/expr'
import { exactToDouble, floorToSql, isExact, scaleOf } from '@tidewater/expr'
import type { Cell, Grain, Layout } from '../layout-types.ts'
import { aggregateSqlOf } from './aggregate-sql.ts'
import { mergedSql } from './cell-sql.ts'

/** The aggregates a SELECT over slots needs, each computed once whatever number of measures reads it. */
export interface MergedCells {
  /** Result of a cell within the call's window, from the columns below, cell form. */
  value(cell: Cell, call: AggregateCall): string
  /** `aggregate AS m0, …`: the select list beside the group columns. */
  columns(): readonly string[]
  /** Session cells that were asked for. */
  sessions(): readonly Cell[]
  sessionAlias(cell: Cell): string
}

export function createMergedCells(layout: Layout, dialect: SqlDialect, asOf: string): MergedCells {
  const columns = new Map<string, string>()
  const sessions = new Map<string, { cell: Cell; alias: string }>()
  const columnOf = (sql: string): string => {
    const name = columns.get(sql) ?? `m${columns.size}`
    columns.set(sql, name)
    return `m.${name}`
  }
  const sessionAlias = (cell: Cell): string => {
    const entry = sessions.get(cell.id) ?? { cell, alias: `open${sessions.size}` }
    sessions.set(cell.id, entry)
    return entry.alias
  }
  return {
    value(cell, call) {
      if (cell.call.fn === 'session') return sessionValue(sessionAlias(cell), call.read)
      const grain = layout.grains[cell.grain]
      if (grain === undefined) throw new Error(`no grain ${cell.grain}`)
      const merged = mergedSql(cell, dialect, rowsOf(grain, call, asOf))
      const slots = Object.fromEntries(Object.entries(merged).map(([name, sql]) => [name, columnOf(sql)]))
      return resultSql(cell, dialect, slots)
    },
    columns: () => [...columns].map(([sql, name]) => `${sql} AS ${name}`),
    sessions: () => [...sessions.values()].map(({ cell }) => cell),
    sessionAlias,
  }
}

/** The slot rows a window takes: whole tiles, the current one included (semantics R3). */
function rowsOf(grain: Grain, call: AggregateCall, asOf: string): string {
  const own = `s._grain = ${grain.index}`
  if (call.window === null) return own
  const { kind, ms } = call.window
  const current = floorToSql(asOf, grain.ms)
  const upper = kind === 'last' ? current : `${current} - ${ms}`
  return `${own} AND s._tile > ${upper} - ${ms} AND s._tile <= ${upper}`
}

/** The result of an aggregate from its merged columns. */
function resultSql(cell: Cell, dialect: SqlDialect, merged: Readonly<Record<string, string>>): string {
  const [first, second] = cell.columns.map(({ name }) => merged[name])
  const { fn, arg, atMost } = cell.call
  if (first === undefined) throw new Error(`${fn} keeps nothing`)
  switch (fn) {
    case 'sum':
      return arg !== null && !isExact(arg.type) ? dialect.finite(first) : first
    case 'mean': {
      const total =
        arg !== null && isExact(arg.type) ? exactToDouble(first, scaleOf(arg.type), dialect) : first
      return dialect.finite(`(${total} / CAST(${second} AS ${dialect.cellType({ kind: 'number' })}))`)
    }
    case 'distinct': {
      const size = `CAST(${aggregateSqlOf(dialect).length(first)} AS ${dialect.cellType({ kind: 'int', digits: 15 })})`
      return `CASE WHEN ${size} <= ${atMost} THEN ${size} END`
    }
    default:
      return first
  }
}

/** Nothing is joined to a group without an open session. */
function sessionValue(alias: string, read: AggregateCall['read']): string {
  if (read === 'startedAt') return `${alias}.started`
  return read === 'events' ? `coalesce(${alias}.events, 0)` : `coalesce(${alias}.seconds, 0e0)`
}
