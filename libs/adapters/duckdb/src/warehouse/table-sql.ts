import { formatExact, type Exact } from '@tidewater/base'
import { duckdb, type Type, type Value } from '@tidewater/expr'
import { snakeCase, sqlNameOf, type TableContent, type TableDefinition } from 'tidewater'

const ROWS_PER_INSERT = 500

/** A `table()` with its rows, typed as the definition says. */
export const tableSql = (table: TableDefinition, content: TableContent | undefined): readonly string[] => {
  const name = `main.${duckdb.identifier(sqlNameOf(table.name))}`
  const columns = table.fields.map((field) => {
    const missing = field.optional ? '' : ' NOT NULL'
    return `${duckdb.identifier(snakeCase(field.name))} ${duckdb.columnType(field.type)}${missing}`
  })
  const rows = [...(content?.rows.values() ?? [])]
  const inserts: string[] = []
  for (let start = 0; start < rows.length; start += ROWS_PER_INSERT) {
    const values = rows
      .slice(start, start + ROWS_PER_INSERT)
      .map(
        (row) => `(${table.fields.map((field) => literal(field.type, row[field.name] ?? null)).join(', ')})`,
      )
    inserts.push(`INSERT INTO ${name} VALUES ${values.join(', ')}`)
  }
  return [`CREATE TABLE ${name} (${columns.join(', ')})`, ...inserts]
}

const literal = (type: Type, value: Value): string => {
  if (value === null) return 'NULL'
  switch (type.kind) {
    case 'decimal':
      return `'${formatExact(value as Exact, type.scale)}'`
    case 'instant':
      return `make_timestamp_ms(${String(value)})`
    case 'number':
      return duckdb.double(value as number)
    case 'int':
    case 'boolean':
      return String(value)
    case 'id':
    case 'text':
    case 'oneOf':
      return duckdb.text(value as string)
  }
}
