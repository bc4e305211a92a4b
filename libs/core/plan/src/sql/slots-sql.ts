import type { SqlDialect } from '@tidewater/expr'
import { floorToSql } from '@tidewater/expr'
import type { Cell, Grain } from '../layout-types.ts'
import { addedSql } from './cell-sql.ts'
import { groupColumns, sessionsSql } from './session-sql.ts'
import { emptyColumn } from './slot-columns.ts'
import { sourceSql } from './source-sql.ts'
import type { SourceSql } from './source-sql.ts'
import type { ViewSql } from './view-sql.ts'

export interface SlotsFrom {
  /** A relation or `(SELECT …)` of the event's raw rows without duplicates: `_partition, _offset` and the fields in snake_case. */
  readonly source: string
  /** The newest event time, ms (SQL): tiles that no answer at or after `newest − 1 h` needs are left out. All tiles when null. */
  readonly newest?: string | null
}

/** An hour: how far back of the newest event an answer may ask (L11). */
const GRACE_MS = 3_600_000

/**
 * The state of a view over raw rows: `_partition, _bucket, k0…, _grain, _tile` and the columns of `layout.cells`, one
 * row per group, grain and tile. Session rows have the interval's start as `_tile`. Columns of other grains are NULL
 * (sets: empty). All in cell form (see `SqlDialect`).
 */
export function slotsSql(plan: ViewSql, dialect: SqlDialect, from: SlotsFrom): string {
  const source = sourceSql(plan, dialect, from.source)
  const parts = plan.layout.grains.map((grain) => grainSql(plan, dialect, source, grain, from.newest ?? null))
  return `WITH source AS (\n${source.text}\n)\n${parts.join('\nUNION ALL\n')}`
}

function grainSql(plan: ViewSql, dialect: SqlDialect, source: SourceSql, grain: Grain, newest: string | null): string {
  return grain.kind === 'session' ? sessionGrain(plan, dialect, source, grain) : groupedGrain(plan, dialect, source, grain, newest)
}

function groupedGrain(plan: ViewSql, dialect: SqlDialect, source: SourceSql, grain: Grain, newest: string | null): string {
  const { layout } = plan
  const own = layout.cells.filter((cell) => cell.grain === grain.index)
  const added = Object.assign({}, ...own.map((cell) => addedSql(cell, dialect, source.column))) as Readonly<Record<string, string>>
  const group = ['_partition', ...groupColumns(layout)].map((name) => `s.${name}`)
  const tile = grain.kind === 'tile' ? floorToSql('s._at', grain.ms) : null
  const needed = tile === null || newest === null ? '' : ` WHERE ${tile} > ${floorToSql(`(${newest} - ${GRACE_MS})`, grain.ms)} - ${grain.reachMs}`
  return `SELECT ${columns(plan, dialect, grain, group, tile ?? '0', added)}
FROM source AS s${needed}
GROUP BY ${[...group, ...(tile === null ? [] : [tile])].join(', ')}`
}

function sessionGrain(plan: ViewSql, dialect: SqlDialect, source: SourceSql, grain: Grain): string {
  const cell = plan.layout.cells.find((candidate: Cell) => candidate.grain === grain.index)
  if (cell === undefined) throw new Error('a session grain without a session')
  const where = cell.call.where === null ? null : source.column(cell.call.where)
  const [end, events] = cell.columns.map(({ name }) => name)
  const group = ['_partition', ...groupColumns(plan.layout)].map((name) => `s.${name}`)
  return `SELECT ${columns(plan, dialect, grain, group, 's.started', { [end!]: 's.ended', [events!]: 's.events' })}
FROM (${sessionsSql(cell, plan.layout, dialect, where)}) AS s`
}

/** Every column of the slots relation with its exact type, so that the grains fit together. */
function columns(
  plan: ViewSql,
  dialect: SqlDialect,
  grain: Grain,
  [partition, bucket, ...keys]: readonly string[],
  tile: string,
  own: Readonly<Record<string, string>>,
): string {
  const { layout } = plan
  const cast = (sql: string, type: string, name: string): string => `CAST(${sql} AS ${type}) AS ${name}`
  const instant = dialect.cellType({ kind: 'instant' })
  const integer = dialect.cellType({ kind: 'int', digits: 15 })
  return [
    cast(partition!, integer, '_partition'),
    cast(bucket!, instant, '_bucket'),
    ...layout.stateKeys.map((key, n) => cast(keys[n]!, dialect.cellType(key.type), key.column)),
    cast(String(grain.index), integer, '_grain'),
    cast(tile, instant, '_tile'),
    ...layout.cells.flatMap((cell) =>
      cell.columns.map((column) => {
        const sql = own[column.name]
        if (sql === undefined) return `${emptyColumn(column, dialect)} AS ${column.name}`
        return column.kind === 'set' ? `${sql} AS ${column.name}` : cast(sql, dialect.cellType(column.type), column.name)
      }),
    ),
  ].join(',\n  ')
}
