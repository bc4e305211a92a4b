import { duckdb, type Value } from '@tidewater/expr'
import { presentSql, slotsSql, type ViewSql } from '@tidewater/plan'
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
import { snakeCase, type Catalog } from 'tidewater'
import { readArchive } from '../archived-rows.ts'
import { openDuckdb, type DuckdbOptions } from '../open-duckdb.ts'
import { viewSqlsOf } from './open-duckdb-warehouse.ts'
import { tableSql } from './table-sql.ts'

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
  const slotsOf = <T>(
    view: ViewSql,
    offsets: OffsetVector | null,
    read: (slots: string) => Promise<T>,
  ): Promise<T> =>
    readArchive(engine, lake, view.event, offsets, (source) =>
      read(`(${slotsSql(view, duckdb, { source })})`),
    )
  return {
    divide: (name, atMost) => {
      const view = viewNamed(name)
      return slotsOf(view, null, (slots) =>
        view.view.window === null
          ? divideKeys(engine, view, slots, atMost)
          : divideWindows(engine, slots, atMost),
      )
    },
    present: async (name, part, offsets, asOf) => {
      const view = viewNamed(name)
      return slotsOf(view, offsets, async (all) => {
        const slots = `(SELECT * FROM ${all} WHERE ${isIn(view, part)})`
        const sql = presentSql(view, duckdb, { slots, asOf: `CAST(${asOf} AS BIGINT)` })
        return (await engine.query(sql)).map((row) => servedRow(view, row))
      })
    },
    close: () => engine.close(),
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

const servedRow = ({ view, layout }: ViewSql, row: SqlRow): ServedRow => ({
  keys: Object.fromEntries(layout.keys.map(({ name }) => [name, row[snakeCase(name)] as Value])),
  start: view.window === null ? null : Number(row['window_start']),
  end: view.window === null ? null : Number(row['window_end']),
  measures: Object.fromEntries(view.measures.map(({ name }) => [name, row[snakeCase(name)] as Value])),
})
