import { openDuckdb, rawColumns } from '@tidewater/adapter-duckdb'
import { PlatformError } from '@tidewater/base'
import { duckdb } from '@tidewater/expr'
import { compileView, printView } from '@tidewater/plan'
import type { SqlEngine } from '@tidewater/ports'
import { SQL_INTERNAL, rawTableOf, slotsTableOf, snakeCase, sqlNameOf } from 'tidewater'
import type { Catalog, ViewDefinition } from 'tidewater'

/** Compiles every view to JavaScript and has DuckDB plan its SQL over empty tables. Throws a sentence with the view. */
export const checkSql = async (catalog: Catalog): Promise<void> => {
  const engine = await openDuckdb({ path: ':memory:', connections: 1, threads: 1 })
  try {
    await createEmpty(engine, catalog)
    for (const view of catalog.views.values()) await checkView(engine, view, catalog)
  } finally {
    await engine.close()
  }
}

const createEmpty = async (engine: SqlEngine, catalog: Catalog): Promise<void> => {
  await engine.execute(`CREATE SCHEMA ${SQL_INTERNAL}`)
  for (const event of catalog.events.values()) {
    const columns = rawColumns(event).map(({ name, type }) => `${duckdb.identifier(name)} ${type}`)
    await engine.execute(`CREATE TABLE ${rawTableOf(event.name)} (${columns.join(', ')})`)
  }
  for (const table of catalog.tables.values()) {
    const columns = table.fields.map(
      (f) => `${duckdb.identifier(snakeCase(f.name))} ${duckdb.columnType(f.type)}`,
    )
    await engine.execute(`CREATE TABLE ${sqlNameOf(table.name)} (${columns.join(', ')})`)
  }
}

const checkView = async (engine: SqlEngine, view: ViewDefinition, catalog: Catalog): Promise<void> => {
  try {
    compileView(view, catalog)
    const { state, answer } = printView(view, catalog, duckdb)
    await engine.execute(`CREATE TABLE ${SQL_INTERNAL}.${slotsTableOf(view.name)} AS ${state}`)
    await engine.query(`EXPLAIN ${answer}`)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new PlatformError(
      'BAD_DEFINITION',
      `${catalog.sources.get(view.name) ?? ''}: ${view.name}: ${message}`,
      'no engine can run this view: report it with the definition',
    )
  }
}
