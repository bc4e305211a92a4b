import { duckdb, type Value } from '@tidewater/expr'
import { dedupedSql, presentSql, slotsSql, type ViewSql } from '@tidewater/plan'
import { ALL_WINDOWS } from '@tidewater/ports'
import type {
  ArchivePresenter,
  Lake,
  OffsetVector,
  ServedRow,
  SqlEngine,
  SqlRow,
  ViewPart,
} from '@tidewater/ports'
import { snakeCase, topicOf, type Catalog } from 'tidewater'
import { openDuckdb, type DuckdbOptions } from '../open-duckdb.ts'
import { rawFiles } from '../parquet-writer.ts'
import { viewSqlsOf } from './open-duckdb-warehouse.ts'
import { tableSql } from './table-sql.ts'

/** Files may be rewritten while they are read; the rows are then in others. */
const ATTEMPTS = 3

/** Recomputes views straight from the lake. */
export const openArchivePresenter = async (
  lake: Pick<Lake, 'entries' | 'path'>,
  catalog: Catalog,
  options: Omit<DuckdbOptions, 'path'>,
): Promise<ArchivePresenter & { close(): Promise<void> }> => {
  const engine = await openDuckdb({ path: ':memory:', ...options, connections: 2 })
  for (const table of catalog.tables.values())
    for (const sql of tableSql(table, catalog.contents.get(table.name))) await engine.execute(sql)
  const views = new Map(viewSqlsOf(catalog).map((view) => [view.view.name, view]))
  const viewNamed = (name: string): ViewSql => {
    const view = views.get(name)
    if (view === undefined) throw new Error(`no view ${name}`)
    return view
  }
  return {
    divide: async (name, atMost) => {
      const view = viewNamed(name)
      return whileFilesMove(async () => {
        const slots = await slotsOf(lake, view, null)
        return view.view.window === null
          ? divideKeys(engine, view, slots, atMost)
          : divideWindows(engine, slots, atMost)
      })
    },
    present: async (name, part, offsets, asOf) => {
      const view = viewNamed(name)
      return whileFilesMove(async () => {
        const slots = `(SELECT * FROM ${await slotsOf(lake, view, offsets)} WHERE ${isIn(view, part)})`
        const sql = presentSql(view, duckdb, { slots, asOf: `CAST(${asOf} AS BIGINT)` })
        return (await engine.query(sql)).map((row) => servedRow(view, row))
      })
    },
    close: () => engine.close(),
  }
}

const whileFilesMove = async <T>(read: () => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read()
    } catch (error) {
      const vanished = error instanceof Error && /IO Error|No files found/.test(error.message)
      if (!vanished || attempt >= ATTEMPTS) throw error
    }
  }
}

/** Windows in order, joined until a part has its fill; one window is never divided. */
const divideWindows = async (
  engine: SqlEngine,
  slots: string,
  atMost: number,
): Promise<readonly ViewPart[]> => {
  const parts: ViewPart[] = []
  let from = ALL_WINDOWS.from
  let held = 0
  for await (const chunk of engine.stream(
    `SELECT _bucket, count(*) AS held FROM ${slots} GROUP BY _bucket ORDER BY _bucket`,
  ))
    for (const row of chunk) {
      if (held > 0 && held + Number(row['held']) > atMost) {
        parts.push({ kind: 'windows', from, to: Number(row['_bucket']) })
        from = Number(row['_bucket'])
        held = 0
      }
      held += Number(row['held'])
    }
  return [...parts, { kind: 'windows', from, to: ALL_WINDOWS.to }]
}

/** Keys that are bound at read join groups of any key text, so such a view is one part. */
const divideKeys = async (
  engine: SqlEngine,
  view: ViewSql,
  slots: string,
  atMost: number,
): Promise<readonly ViewPart[]> => {
  const isBound = view.layout.keys.some(({ direct }) => direct === null)
  const columns = view.layout.stateKeys.map(({ column }) => column).join(', ')
  if (isBound || columns === '') return [{ kind: 'keys', share: 0, of: 1 }]
  const [row] = await engine.query(
    `SELECT count(*) AS groups FROM (SELECT DISTINCT ${columns} FROM ${slots})`,
  )
  const of = Math.max(1, Math.ceil(Number(row?.['groups'] ?? 0) / atMost))
  return Array.from({ length: of }, (_, share) => ({ kind: 'keys', share, of }))
}

/** On columns that the state is grouped by, so that DuckDB leaves the other groups out before it adds them up. */
const isIn = ({ layout }: ViewSql, part: ViewPart): string => {
  if (part.kind === 'windows')
    return `_bucket >= CAST(${part.from} AS BIGINT) AND _bucket < CAST(${part.to} AS BIGINT)`
  if (part.of === 1) return 'true'
  return `hash(${layout.stateKeys.map(({ column }) => column).join(', ')}) % ${part.of} = ${part.share}`
}

/** The state of every group over the archived rows below `offsets`; null: over all of them. */
const slotsOf = async (
  lake: Pick<Lake, 'entries' | 'path'>,
  view: ViewSql,
  offsets: OffsetVector | null,
): Promise<string> => {
  const topic = topicOf(view.event.name)
  const ends = new Map(
    offsets?.filter((offset) => offset.topic === topic).map(({ partition, next }) => [partition, next]),
  )
  const entries = (await lake.entries(topic)).filter(
    (entry) => offsets === null || entry.from < (ends.get(entry.partition) ?? 0),
  )
  const files = entries.flatMap((entry) => (entry.file === null ? [] : [lake.path(entry.file)]))
  const rows = `(SELECT * FROM (${rawFiles(view.event, files)}) WHERE ${below(offsets === null ? null : ends)})`
  return `(${slotsSql(view, duckdb, { source: `(${dedupedSql(view.event, duckdb, rows)})` })})`
}

const below = (ends: ReadonlyMap<number, number> | null): string => {
  if (ends === null) return 'true'
  if (ends.size === 0) return 'false'
  const cases = [...ends].map(([partition, next]) => ` WHEN ${partition} THEN ${next}`).join('')
  return `_offset < CASE _partition${cases} ELSE 0 END`
}

const servedRow = ({ view, layout }: ViewSql, row: SqlRow): ServedRow => ({
  keys: Object.fromEntries(layout.keys.map(({ name }) => [name, row[snakeCase(name)] as Value])),
  start: view.window === null ? null : Number(row['window_start']),
  end: view.window === null ? null : Number(row['window_end']),
  measures: Object.fromEntries(view.measures.map(({ name }) => [name, row[snakeCase(name)] as Value])),
})
