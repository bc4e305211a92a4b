import { aggregateOf } from '@tidewater/aggregates'
import { must } from '@tidewater/base'
import type { SqlDialect } from '@tidewater/expr'
import { inNeededTileSql, tileStartSql } from '@tidewater/windows'
import type { Cell, Grain } from '../layout-types.ts'
import { namedColumns, slotColumns, type ColumnsSql } from './slot-select.ts'
import { sourceSql } from './source-sql.ts'
import type { SourceSql } from './source-sql.ts'
import { groupColumns } from './view-sql.ts'
import type { ViewSql } from './view-sql.ts'

export interface SlotsFrom {
  /** A relation or `(SELECT …)` of the event's raw rows without duplicates: `_partition, _offset` and the fields in snake_case. */
  readonly source: string
  /** The newest event time, ms (SQL): tiles that no answer at or after `newest − 1 h` needs are left out. All tiles when null. */
  readonly newest?: string | null
}

/**
 * The state of a view over raw rows: `_partition, _bucket, k0…, _grain, _tile` and the columns of `layout.cells`, one
 * row per group, grain and tile. Rows that an aggregate keeps of its own have their place in time as `_tile` (a session's
 * start). Columns of other grains are NULL (lists: empty). All in cell form (see `SqlDialect`).
 */
export function slotsSql(plan: ViewSql, dialect: SqlDialect, from: SlotsFrom): string {
  const source = sourceSql(plan, dialect, from.source)
  const parts = plan.layout.grains.map((grain) => {
    const cells = plan.layout.cells.filter((cell) => cell.grain === grain.index)
    return grain.kind === 'rows'
      ? ownRows(plan, dialect, source, grain, must(cells[0], 'the cell of rows of its own'))
      : groupedRows(plan, dialect, source, { grain, cells, newest: from.newest ?? null })
  })
  return `WITH source ${dialect.readAgain(from.source)} (\n${source.text}\n)\n${parts.join('\nUNION ALL\n')}`
}

interface Grouped {
  readonly grain: Grain
  readonly cells: readonly Cell[]
  readonly newest: string | null
}

/** A row for each group, or for each group and tile. */
function groupedRows(plan: ViewSql, dialect: SqlDialect, source: SourceSql, grouped: Grouped): string {
  const { grain, cells } = grouped
  const added = Object.assign({}, ...cells.map((cell) => addedColumns(cell, dialect, source))) as ColumnsSql
  const group = groupColumns(plan).map((name) => `s.${name}`)
  const tile = grain.kind === 'tile' ? tileStartSql('s._at', grain.ms) : null
  const rows = tile === null ? null : neededRows(source, grouped)
  return `SELECT ${slotColumns(plan, dialect, grain, tile ?? '0', added)}
FROM source AS s${rows === null ? '' : ` WHERE ${rows}`}
GROUP BY ${[...group, ...(tile === null ? [] : [tile])].join(', ')}`
}

function addedColumns(cell: Cell, dialect: SqlDialect, source: SourceSql): ColumnsSql {
  const aggregate = aggregateOf(cell.call)
  if (aggregate.keeps === 'rows') throw new Error(`${cell.call.fn} keeps rows of its own`)
  const names = cell.columns.map(({ name }) => name)
  return namedColumns(cell, aggregate.sql(cell.call, names, dialect).add(source.row(cell)))
}

/** Rows that fall in a tile which is needed and change it; null when all do. */
function neededRows(source: SourceSql, { grain, cells, newest }: Grouped): string | null {
  const filters = cells.map((cell) => source.row(cell).only)
  const young = newest === null ? [] : [inNeededTileSql('s._at', newest, grain.ms, grain.reachMs)]
  const counted = filters.includes(null) ? [] : [`(${[...new Set(filters)].join(' OR ')})`]
  const all = [...young, ...counted]
  return all.length === 0 ? null : all.join(' AND ')
}

function ownRows(plan: ViewSql, dialect: SqlDialect, source: SourceSql, grain: Grain, cell: Cell): string {
  const aggregate = aggregateOf(cell.call)
  if (aggregate.keeps === 'columns') throw new Error(`${cell.call.fn} keeps no rows of its own`)
  const names = cell.columns.map(({ name }) => name)
  const { add } = aggregate.sql(cell.call, names, dialect)
  const { from, tile, values } = add(source.row(cell), groupColumns(plan))
  return `SELECT ${slotColumns(plan, dialect, grain, tile, namedColumns(cell, values))}
FROM ${from}`
}
