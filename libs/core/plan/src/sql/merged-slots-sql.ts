import { aggregateOf } from '@tidewater/aggregates'
import { must } from '@tidewater/base'
import type { SqlDialect } from '@tidewater/expr'
import type { Cell, Grain } from '../layout-types.ts'
import { namedColumns, slotColumns, type ColumnsSql } from './slot-select.ts'
import { groupColumns, type ViewSql } from './view-sql.ts'

/**
 * The state of a view from its parts (semantics L2): rows of any number of slots relations become one row per group, grain and
 * tile, as `slotsSql` has them of all records at once. `slots` is a relation or `(SELECT …)`.
 */
export const mergedSlotsSql = (plan: ViewSql, dialect: SqlDialect, slots: string): string =>
  plan.layout.grains
    .map((grain) => {
      const cells = plan.layout.cells.filter((cell) => cell.grain === grain.index)
      return grain.kind === 'rows'
        ? joinedRows(plan, dialect, slots, grain, must(cells[0], 'the cell of rows of its own'))
        : groupedSlots(plan, dialect, slots, grain, cells)
    })
    .join('\nUNION ALL\n')

const groupedSlots = (
  plan: ViewSql,
  dialect: SqlDialect,
  slots: string,
  grain: Grain,
  cells: readonly Cell[],
): string => {
  const merged = Object.assign({}, ...cells.map((cell) => mergedColumns(cell, dialect))) as ColumnsSql
  const group = [...groupColumns(plan), ...(grain.kind === 'tile' ? ['_tile'] : [])]
  return `SELECT ${slotColumns(plan, dialect, grain, grain.kind === 'tile' ? 's._tile' : '0', merged)}
FROM ${slots} AS s WHERE s._grain = ${grain.index}
GROUP BY ${group.map((name) => `s.${name}`).join(', ')}`
}

const mergedColumns = (cell: Cell, dialect: SqlDialect): ColumnsSql => {
  const aggregate = aggregateOf(cell.call)
  if (aggregate.keeps === 'rows') throw new Error(`${cell.call.fn} keeps rows of its own`)
  const names = cell.columns.map(({ name }) => name)
  const { merge, settle = merge } = aggregate.sql(cell.call, names, dialect)
  return namedColumns(cell, settle(`s._grain = ${cell.grain}`))
}

const joinedRows = (plan: ViewSql, dialect: SqlDialect, slots: string, grain: Grain, cell: Cell): string => {
  const aggregate = aggregateOf(cell.call)
  if (aggregate.keeps === 'columns') throw new Error(`${cell.call.fn} keeps no rows of its own`)
  const names = cell.columns.map(({ name }) => name)
  const { merge } = aggregate.sql(cell.call, names, dialect)
  const { from, tile, values } = merge(slots, `s._grain = ${grain.index}`, groupColumns(plan))
  return `SELECT ${slotColumns(plan, dialect, grain, tile, namedColumns(cell, values))}\nFROM ${from}`
}
