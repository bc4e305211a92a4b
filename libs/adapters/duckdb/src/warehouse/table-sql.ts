import { duckdb } from '@tidewater/expr'
import { tableInserts } from '@tidewater/plan'
import { snakeCase, sqlNameOf, type TableContent, type TableDefinition } from 'tidewater'

/** A `table()` with its rows, typed as the definition says. */
export const tableSql = (table: TableDefinition, content: TableContent | undefined): readonly string[] => {
  const name = `main.${duckdb.identifier(sqlNameOf(table.name))}`
  const columns = table.fields.map((field) => {
    const missing = field.optional ? '' : ' NOT NULL'
    return `${duckdb.identifier(snakeCase(field.name))} ${duckdb.columnType(field.type)}${missing}`
  })
  return [`CREATE TABLE ${name} (${columns.join(', ')})`, ...tableInserts(name, table, content, duckdb)]
}
