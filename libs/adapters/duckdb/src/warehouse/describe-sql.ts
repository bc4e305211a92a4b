import { duckdb } from '@tidewater/expr'
import type { ViewSql } from '@tidewater/plan'
import { rawTableOf, sqlNameOf, type Catalog } from 'tidewater'

interface Described {
  readonly name: string
  readonly kind: 'event' | 'table' | 'view'
  readonly doc: string | null
}

const describedOf = (catalog: Catalog, views: readonly ViewSql[]): readonly Described[] => [
  ...[...catalog.events.values()].map(({ name, doc }) => ({
    name: rawTableOf(name),
    kind: 'event' as const,
    doc,
  })),
  ...[...catalog.tables.values()].map(({ name, doc }) => ({
    name: sqlNameOf(name),
    kind: 'table' as const,
    doc,
  })),
  ...views.map(({ view }) => ({ name: sqlNameOf(view.name), kind: 'view' as const, doc: view.doc })),
]

/** A definition's sentence becomes the comment of its table. */
export const commentsSql = (catalog: Catalog, views: readonly ViewSql[]): readonly string[] =>
  describedOf(catalog, views)
    .filter(({ doc }) => doc !== null)
    .map(({ name, kind, doc }) => {
      const what = kind === 'event' ? 'VIEW' : 'TABLE'
      return `COMMENT ON ${what} main.${duckdb.identifier(name)} IS ${literal(`${doc ?? ''} Times are UTC.`)}`
    })

/** A comment takes a plain literal only. */
const literal = (text: string): string => `'${text.replaceAll('\0', '').replaceAll("'", "''")}'`

/** `tidewater_catalog`: every column an analyst may use. */
export const catalogSql = (catalog: Catalog, views: readonly ViewSql[]): readonly string[] => {
  const known = describedOf(catalog, views).map(
    ({ name, kind, doc }) => `(${duckdb.text(name)}, '${kind}', ${doc === null ? 'NULL' : duckdb.text(doc)})`,
  )
  const columns = `CREATE TABLE main.tidewater_catalog (name VARCHAR, kind VARCHAR, "column" VARCHAR, type VARCHAR, unit VARCHAR, doc VARCHAR)`
  if (known.length === 0) return [columns]
  return [
    columns,
    `INSERT INTO main.tidewater_catalog
    SELECT k.name, k.kind, c.column_name, c.data_type,
      CASE WHEN c.data_type LIKE 'TIMESTAMP%' THEN 'UTC' END, k.doc
    FROM (VALUES ${known.join(', ')}) AS k(name, kind, doc)
    JOIN duckdb_columns() AS c ON c.table_name = k.name
      AND c.schema_name = 'main' AND c.database_name = current_database()
    ORDER BY k.kind, k.name, c.column_index`,
  ]
}
