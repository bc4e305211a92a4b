import { duckdb, type Value } from '@tidewater/expr'
import { dedupedSql, presentSql, slotsSql, type ViewSql } from '@tidewater/plan'
import type { Lake, OffsetVector, ServedRow, SqlRow } from '@tidewater/ports'
import { snakeCase, topicOf, type Catalog } from 'tidewater'
import { openDuckdb, type DuckdbOptions } from '../open-duckdb.ts'
import { rawFiles } from '../parquet-writer.ts'
import { viewSqlsOf } from './open-duckdb-warehouse.ts'
import { tableSql } from './table-sql.ts'

export interface ArchivePresenter {
  /** Every group of a view over the archived rows below `offsets`, shown as of one instant (ms). */
  present(view: string, offsets: OffsetVector, asOf: number): Promise<readonly ServedRow[]>
  close(): Promise<void>
}

/** Files may be rewritten while they are read; the rows are then in others. */
const ATTEMPTS = 3

/** Recomputes views straight from the lake: no generation, no state of the platform takes part. */
export const openArchivePresenter = async (
  lake: Pick<Lake, 'entries' | 'path'>,
  catalog: Catalog,
  options: Omit<DuckdbOptions, 'path'>,
): Promise<ArchivePresenter> => {
  const engine = await openDuckdb({ path: ':memory:', ...options, connections: 2 })
  for (const table of catalog.tables.values())
    for (const sql of tableSql(table, catalog.contents.get(table.name))) await engine.execute(sql)
  const views = new Map(viewSqlsOf(catalog).map((view) => [view.view.name, view]))

  const once = async (view: ViewSql, offsets: OffsetVector, asOf: number): Promise<readonly ServedRow[]> => {
    const rows = await engine.query(await statementOf(lake, view, offsets, asOf))
    return rows.map((row) => servedRow(view, row))
  }
  return {
    present: async (name, offsets, asOf) => {
      const view = views.get(name)
      if (view === undefined) throw new Error(`no view ${name}`)
      for (let attempt = 1; ; attempt++) {
        try {
          return await once(view, offsets, asOf)
        } catch (error) {
          const vanished = error instanceof Error && /IO Error|No files found/.test(error.message)
          if (!vanished || attempt >= ATTEMPTS) throw error
        }
      }
    },
    close: () => engine.close(),
  }
}

const statementOf = async (
  lake: Pick<Lake, 'entries' | 'path'>,
  view: ViewSql,
  offsets: OffsetVector,
  asOf: number,
): Promise<string> => {
  const topic = topicOf(view.event.name)
  const ends = new Map(
    offsets.filter((offset) => offset.topic === topic).map(({ partition, next }) => [partition, next]),
  )
  const entries = (await lake.entries(topic)).filter((entry) => entry.from < (ends.get(entry.partition) ?? 0))
  const files = entries.flatMap((entry) => (entry.file === null ? [] : [lake.path(entry.file)]))
  const cases = [...ends].map(([partition, next]) => ` WHEN ${partition} THEN ${next}`).join('')
  const below = ends.size === 0 ? 'false' : `_offset < CASE _partition${cases} ELSE 0 END`
  const rows = `(SELECT * FROM (${rawFiles(view.event, files)}) WHERE ${below})`
  const slots = `(${slotsSql(view, duckdb, { source: `(${dedupedSql(view.event, duckdb, rows)})` })})`
  return presentSql(view, duckdb, { slots, asOf: `CAST(${asOf} AS BIGINT)` })
}

const servedRow = ({ view, layout }: ViewSql, row: SqlRow): ServedRow => ({
  keys: Object.fromEntries(layout.keys.map(({ name }) => [name, row[snakeCase(name)] as Value])),
  start: view.window === null ? null : Number(row['window_start']),
  end: view.window === null ? null : Number(row['window_end']),
  measures: Object.fromEntries(view.measures.map(({ name }) => [name, row[snakeCase(name)] as Value])),
})
