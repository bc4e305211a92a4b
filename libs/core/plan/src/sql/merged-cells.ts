import { aggregateOf } from '@tidewater/aggregates'
import { must } from '@tidewater/base'
import type { AggregateCall, SqlDialect } from '@tidewater/expr'
import { inWindowSql } from '@tidewater/windows'
import type { Cell, Layout } from '../layout-types.ts'

/** The aggregates a SELECT over slots needs, each computed once whatever number of measures reads it. */
export interface MergedCells {
  /** Result of a cell within the call's window, from the columns and relations below, cell form. */
  value(cell: Cell, call: AggregateCall): string
  /** `aggregate AS m0, …`: the select list beside the group columns. */
  columns(): readonly string[]
  /** Relations of answers from rows of their own, each to be joined by the group. */
  relations(): readonly { readonly alias: string; readonly sql: string }[]
}

export function createMergedCells(
  layout: Layout,
  dialect: SqlDialect,
  {
    asOf,
    asOfSlot,
  }: { readonly asOf: string; /** The same where a row of slots is told. */ readonly asOfSlot: string },
  group: readonly string[],
): MergedCells {
  const columns = new Map<string, string>()
  const relations = new Map<string, string>()
  const columnOf = (sql: string): string => {
    const name = columns.get(sql) ?? `m${columns.size}`
    columns.set(sql, name)
    return `m.${name}`
  }
  const aliasOf = (sql: string): string => {
    const alias = relations.get(sql) ?? `open${relations.size}`
    relations.set(sql, alias)
    return alias
  }
  return {
    value(cell, call) {
      const aggregate = aggregateOf(cell.call)
      const names = cell.columns.map(({ name }) => name)
      const rows = rowsOf(layout, cell, call, asOfSlot)
      if (aggregate.keeps === 'rows') {
        const { present, read } = aggregate.sql(cell.call, names, dialect)
        return read(aliasOf(present(rows, group, asOf)), call.read)
      }
      const { merge, present } = aggregate.sql(cell.call, names, dialect)
      return present(merge(rows).map(columnOf), call.read, asOf)
    },
    columns: () => [...columns].map(([sql, name]) => `${sql} AS ${name}`),
    relations: () => [...relations].map(([sql, alias]) => ({ alias, sql })),
  }
}

/** The rows of the slots relation a call takes. */
function rowsOf(layout: Layout, cell: Cell, call: AggregateCall, asOf: string): string {
  const { index, ms } = must(layout.grains[cell.grain], `grain ${cell.grain}`)
  const own = `s._grain = ${index}`
  return call.window === null ? own : `${own} AND ${inWindowSql(call.window, ms, asOf, 's._tile')}`
}
