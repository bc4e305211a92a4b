import type { SqlDialect } from '@tidewater/expr'
import { floorToSql } from '@tidewater/expr'
import type { Cell, Grain } from '../layout-types.ts'
import { addedSql } from './cell-sql.ts'
import { readAgain } from './read-again.ts'
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
  return `WITH source ${readAgain(dialect, from.source)} (\n${source.text}\n)\n${parts.join('\nUNION ALL\n')}`
}

function grainSql(
  plan: ViewSql,
  dialect: SqlDialect,
  source: SourceSql,
  grain: Grain,
  newest: string | null,
): string {
  return grain.kind === 'session'
    ? sessionGrain(plan, dialect, source, grain)
    : groupedGrain(plan, dialect, source, grain, newest)
}

function groupedGrain(
  plan: ViewSql,
  dialect: SqlDialect,
  source: SourceSql,
  grain: Grain,
  newest: string | null,
): string {
  const own = plan.layout.cells.filter((cell) => cell.grain === grain.index)
  const added = Object.assign({}, ...own.map((cell) => addedSql(cell, dialect, source.column))) as Readonly<
    Record<string, string>
  >
  const group = groupColumns(plan).map((name) => `s.${name}`)
  const tile = grain.kind === 'tile' ? floorToSql('s._at', grain.ms) : null
  const rows = tile === null ? null : neededRows(source, grain, own, newest)
  return `SELECT ${columns(plan, dialect, grain, tile ?? '0', added)}
FROM source AS s${rows === null ? '' : ` WHERE ${rows}`}
GROUP BY ${[...group, ...(tile === null ? [] : [tile])].join(', ')}`
}

/** Rows that fall in a tile which is needed and change it; null when all do. */
function neededRows(
  source: SourceSql,
  grain: Grain,
  own: readonly Cell[],
  newest: string | null,
): string | null {
  const filters = own.map(({ call }) => call.where)
  const counted = filters.flatMap((where) =>
    where === null ? [] : [`coalesce(${source.column(where)}, FALSE)`],
  )
  // A tile starts behind X, a multiple of the hop, exactly when its rows are at or behind the next one.
  const young =
    newest === null
      ? []
      : [`s._at >= ${floorToSql(`(${newest} - ${GRACE_MS})`, grain.ms)} - ${grain.reachMs - grain.ms}`]
  const all = [...young, ...(filters.includes(null) ? [] : [`(${[...new Set(counted)].join(' OR ')})`])]
  return all.length === 0 ? null : all.join(' AND ')
}

function sessionGrain(plan: ViewSql, dialect: SqlDialect, source: SourceSql, grain: Grain): string {
  const cell = plan.layout.cells.find((candidate: Cell) => candidate.grain === grain.index)
  if (cell === undefined) throw new Error('a session grain without a session')
  const where = cell.call.where === null ? null : source.column(cell.call.where)
  const [end, events] = cell.columns.map(({ name }) => name)
  return `SELECT ${columns(plan, dialect, grain, 's.started', { [end!]: 's.ended', [events!]: 's.events' })}
FROM (${sessionsSql(cell, plan, dialect, where)}) AS s`
}

/** Every column of the slots relation with its exact type, so that the grains fit together. */
function columns(
  plan: ViewSql,
  dialect: SqlDialect,
  grain: Grain,
  tile: string,
  own: Readonly<Record<string, string>>,
): string {
  const { layout, view } = plan
  const cast = (sql: string, type: string, name: string): string => `CAST(${sql} AS ${type}) AS ${name}`
  const instant = dialect.cellType({ kind: 'instant' })
  const integer = dialect.cellType({ kind: 'int', digits: 15 })
  return [
    cast('s._partition', integer, '_partition'),
    cast(view.window === null ? '0' : 's._bucket', instant, '_bucket'),
    ...layout.stateKeys.map((key) => cast(`s.${key.column}`, dialect.cellType(key.type), key.column)),
    cast(String(grain.index), integer, '_grain'),
    cast(tile, instant, '_tile'),
    ...layout.cells.flatMap((cell) =>
      cell.columns.map((column) => {
        const sql = own[column.name]
        if (sql === undefined) return `${emptyColumn(column, dialect)} AS ${column.name}`
        return column.kind === 'set'
          ? `${sql} AS ${column.name}`
          : cast(sql, dialect.cellType(column.type), column.name)
      }),
    ),
  ].join(',\n  ')
}
