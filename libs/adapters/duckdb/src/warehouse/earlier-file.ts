import { duckdb } from '@tidewater/expr'
import { slotColumnsOf, type ViewSql } from '@tidewater/plan'
import type { GenerationStep, SqlEngine } from '@tidewater/ports'
import { slotsTableOf, SQL_INTERNAL } from 'tidewater'
import type { RawFiles } from '../raw-files.ts'

/** What a file that goes on from another one keeps of it. */
export interface EarlierFile {
  readonly cuts: GenerationStep['cuts']
  /** Views whose slots stay and are added to. */
  readonly views: ReadonlySet<string>
  /** Newest event time by event name, ms; null: there was no row. */
  readonly newest: ReadonlyMap<string, number | null>
  /** How many rows each view left out for want of a key; a view that is not named left out none. */
  readonly keyless: ReadonlyMap<string, number>
  /** Statements that take out everything else. */
  readonly drops: readonly string[]
  /** The step's files by event name. */
  readonly added: ReadonlyMap<string, readonly RawFiles[]>
  readonly near: ReadonlyMap<string, readonly RawFiles[]>
}

/** Of each event the newest time that its slots were made with: tiles are left out by it. */
export const NEWEST_TABLE = `${SQL_INTERNAL}.tidewater_newest`

export const KEYLESS_TABLE = 'tidewater_keyless_rows'

/** Null: it holds no view of the step in the form that this program keeps it in. */
export const earlierFileOf = async (
  reader: SqlEngine,
  views: readonly ViewSql[],
  step: GenerationStep,
): Promise<Pick<EarlierFile, 'views' | 'newest' | 'keyless' | 'drops'> | null> => {
  const columns = await reader.query<{ schema: string; table: string; columns: string }>(
    `SELECT schema_name AS schema, table_name AS "table", string_agg(column_name || ' ' || data_type, ', ' ORDER BY column_index) AS columns
    FROM duckdb_columns() WHERE database_name = current_database() AND NOT internal GROUP BY ALL`,
  )
  const held = new Map(
    columns.filter(({ schema }) => schema === SQL_INTERNAL).map((found) => [found.table, found.columns]),
  )
  const isKnown = columns.some(({ table }) => table === KEYLESS_TABLE)
  if (!isKnown || !held.has(NEWEST_TABLE.slice(SQL_INTERNAL.length + 1))) return null
  const kept = views.filter(
    ({ view, layout }) =>
      step.views.includes(view.name) && held.get(slotsTableOf(view.name)) === columnsText(layout),
  )
  if (kept.length === 0) return null
  const newest = await reader.query<{ event: string; newest: number | null }>(
    `SELECT event, newest FROM ${NEWEST_TABLE}`,
  )
  return {
    views: new Set(kept.map(({ view }) => view.name)),
    newest: new Map(newest.map(({ event, newest: at }) => [event, at])),
    keyless: await keylessOf(reader),
    drops: await dropsOf(reader, new Set(kept.map(({ view }) => slotsTableOf(view.name)))),
  }
}

export const keylessOf = async (reader: SqlEngine): Promise<ReadonlyMap<string, number>> => {
  const counted = await reader.query<{ view: string; rows: number }>(`SELECT * FROM main.${KEYLESS_TABLE}`)
  return new Map(counted.map(({ view, rows }) => [view, rows]))
}

const columnsText = (layout: ViewSql['layout']): string =>
  slotColumnsOf(layout, duckdb)
    .map(({ name, type }) => `${name} ${type}`)
    .join(', ')

const dropsOf = async (reader: SqlEngine, kept: ReadonlySet<string>): Promise<readonly string[]> => {
  const own = 'database_name = current_database() AND NOT internal'
  const found = await reader.query<{ kind: string; schema: string; name: string }>(
    `SELECT 'MACRO TABLE' AS kind, schema_name AS schema, function_name AS name FROM duckdb_functions() WHERE ${own} AND function_type = 'table_macro'
    UNION ALL SELECT 'VIEW', schema_name, view_name FROM duckdb_views() WHERE ${own}
    UNION ALL SELECT 'TABLE', schema_name, table_name FROM duckdb_tables() WHERE ${own}`,
  )
  return found
    .filter(({ schema, name }) => schema !== SQL_INTERNAL || !kept.has(name))
    .map(({ kind, schema, name }) => `DROP ${kind} ${duckdb.identifier(schema)}.${duckdb.identifier(name)}`)
}
