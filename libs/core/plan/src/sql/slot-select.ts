import { must } from '@tidewater/base'
import type { SqlDialect } from '@tidewater/expr'
import type { Cell, Grain } from '../layout-types.ts'
import { emptyColumn } from './slot-columns.ts'
import type { ViewSql } from './view-sql.ts'

/** The SQL of columns by their names. */
export type ColumnsSql = Readonly<Record<string, string>>

export const namedColumns = ({ columns }: Cell, values: readonly string[]): ColumnsSql =>
  Object.fromEntries(columns.map(({ name }, n) => [name, must(values[n], `the SQL of ${name}`)]))

/** The select list of a slot, from rows `s` that have its group: every column with its exact type, so that the grains fit together. */
export function slotColumns(
  plan: ViewSql,
  dialect: SqlDialect,
  grain: Grain,
  tile: string,
  own: ColumnsSql,
): string {
  const { layout, view } = plan
  const cast = (sql: string, type: string, name: string): string => `CAST(${sql} AS ${type}) AS ${name}`
  const instant = dialect.cellType({ kind: 'instant' })
  const integer = dialect.cellType({ kind: 'int', digits: 15 })
  return [
    cast('s._partition', integer, '_partition'),
    cast(view.window === null ? '0' : 's._bucket', instant, '_bucket'),
    ...layout.stateKeys.map((key) => cast(`s.${key.column}`, dialect.cellType(key.type), key.column)),
    cast(String(grain.index), integer, '_grain'),
    cast(tile, instant, '_tile'),
    ...layout.cells.flatMap((cell) =>
      cell.columns.map((column) => {
        const sql = own[column.name]
        if (sql === undefined) return `${emptyColumn(column, dialect)} AS ${column.name}`
        return column.list
          ? `${sql} AS ${column.name}`
          : cast(sql, dialect.cellType(column.type), column.name)
      }),
    ),
  ].join(',\n  ')
}
