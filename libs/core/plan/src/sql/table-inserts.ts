import { formatExact, type Exact } from '@tidewater/base'
import type { SqlDialect, ScalarType, Value } from '@tidewater/expr'
import type { TableContent, TableDefinition } from 'tidewater'

const ROWS_PER_INSERT = 500

/** Statements that put the rows of a `table()` into `relation`, which has its columns in the declared types. */
export const tableInserts = (
  relation: string,
  { fields }: TableDefinition,
  content: TableContent | undefined,
  dialect: SqlDialect,
): readonly string[] => {
  const rows = [...(content?.rows.values() ?? [])]
  const inserts: string[] = []
  for (let start = 0; start < rows.length; start += ROWS_PER_INSERT) {
    const values = rows
      .slice(start, start + ROWS_PER_INSERT)
      .map(
        (row) => `(${fields.map(({ type, name }) => literal(type, row[name] ?? null, dialect)).join(', ')})`,
      )
    inserts.push(`INSERT INTO ${relation} VALUES ${values.join(', ')}`)
  }
  return inserts
}

const literal = (type: ScalarType, value: Value, dialect: SqlDialect): string => {
  if (value === null) return 'NULL'
  switch (type.kind) {
    case 'decimal':
      return `'${formatExact(value as Exact, type.scale)}'`
    case 'instant':
      return dialect.toColumn(type, `CAST(${String(value)} AS ${dialect.cellType(type)})`)
    case 'number':
      return dialect.double(value as number)
    case 'int':
    case 'boolean':
      return String(value)
    case 'id':
    case 'text':
    case 'oneOf':
      return dialect.text(value as string)
  }
}
