import { clickhouse as dialect } from '@tidewater/expr'
import type { ViewSql } from '@tidewater/plan'
import type { GenerationRecord, ReconcileNote } from '@tidewater/ports'
import { rawTableOf, sqlNameOf, SQL_DATABASE, type Catalog } from 'tidewater'
import type { Clickhouse } from '../open-clickhouse.ts'
import { published } from './names.ts'

/** `tidewater_catalog`: every column an analyst may use, as the server sees it now. */
export const showCatalog = async (
  clickhouse: Clickhouse,
  catalog: Catalog,
  views: readonly ViewSql[],
): Promise<void> => {
  const known = [
    ...[...catalog.events.values()].map(({ name, doc }) => [rawTableOf(name), 'event', doc] as const),
    ...[...catalog.tables.values()].map(({ name, doc }) => [sqlNameOf(name), 'table', doc] as const),
    ...views.map(({ view }) => [sqlNameOf(view.name), 'view', view.doc] as const),
  ]
  if (known.length === 0) return
  const names = known.map(([name]) => dialect.text(name))
  const pick = (values: readonly (string | null)[]): string =>
    `transform(c.table, [${names.join(', ')}], [${values.map((value) => dialect.text(value ?? '')).join(', ')}], '')`
  await clickhouse.execute(
    `CREATE OR REPLACE VIEW ${published('tidewater_catalog')} AS
    SELECT c.table AS name, ${pick(known.map(([, kind]) => kind))} AS kind, c.name AS column, c.type AS type,
      if(startsWith(c.type, 'DateTime64'), 'UTC', NULL) AS unit, ${pick(known.map(([, , doc]) => doc))} AS doc
    FROM system.columns AS c WHERE c.database = '${SQL_DATABASE}' AND c.table IN (${names.join(', ')})
    ORDER BY kind, name, c.position`,
  )
}

const SHOWN = 100

/** `tidewater_generation`: what readers get now and before, and what reconciling found. */
export const showGenerations = async (
  clickhouse: Clickhouse,
  generations: readonly GenerationRecord[],
  notes: ReadonlyMap<string, ReconcileNote>,
): Promise<void> => {
  const rows = generations.slice(-SHOWN).flatMap(({ number, id, builtAt, cuts }) =>
    cuts.map(({ topic, partition, cut }) => {
      const note = notes.get(id)
      return `(${number}, ${builtAt}, ${dialect.text(topic)}, ${partition}, ${cut}, ${note?.checked ?? 'NULL'}, ${note?.mismatched ?? 'NULL'})`
    }),
  )
  const structure =
    'generation Int64, built Int64, topic String, partition Int32, cut Int64, reconciled Nullable(Int64), mismatched Nullable(Int64)'
  const from = rows.length === 0 ? `null('${structure}')` : `values('${structure}', ${rows.join(', ')})`
  await clickhouse.execute(
    `CREATE OR REPLACE VIEW ${published('tidewater_generation')} AS
    SELECT generation, fromUnixTimestamp64Milli(built, 'UTC') AS built_at, topic, partition, cut, reconciled, mismatched FROM ${from}`,
  )
}
