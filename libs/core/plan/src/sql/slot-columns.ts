import type { SqlDialect } from '@tidewater/expr'
import type { Column, Layout } from '../layout-types.ts'

/** The SQL type of a slot column. */
export function columnTypeOf(column: Column, dialect: SqlDialect): string {
  return column.list ? dialect.setType(column.type) : dialect.cellType(column.type)
}

/** What a column holds in rows of another grain. */
export function emptyColumn(column: Column, dialect: SqlDialect): string {
  return column.list
    ? `CAST([] AS ${dialect.setType(column.type)})`
    : `CAST(NULL AS ${columnTypeOf(column, dialect)})`
}

/** The columns of a slots relation, in order. */
export function slotColumnsOf(
  layout: Layout,
  dialect: SqlDialect,
): readonly { readonly name: string; readonly type: string }[] {
  const bare = (kind: 'int' | 'instant'): string =>
    dialect.cellType(kind === 'int' ? { kind, digits: 15 } : { kind })
  return [
    { name: '_partition', type: bare('int') },
    { name: '_bucket', type: bare('instant') },
    ...layout.stateKeys.map((key) => ({ name: key.column, type: dialect.cellType(key.type) })),
    { name: '_grain', type: bare('int') },
    { name: '_tile', type: bare('instant') },
    ...layout.cells.flatMap((cell) =>
      cell.columns.map((column) => ({ name: column.name, type: columnTypeOf(column, dialect) })),
    ),
  ]
}
