import { aggregateOf } from '@tidewater/aggregates'
import type { ColumnValue } from '@tidewater/aggregates'
import type { Type, Value } from '@tidewater/expr'
import type { Column, Layout } from '../layout-types.ts'
import type { SlotRow } from '../machine-types.ts'

type SqlCell = string | number | bigint | boolean | null | readonly SqlCell[]

const value = (type: Type, cell: SqlCell): Value =>
  // ClickHouse has no boolean of its own in some expressions.
  type.kind === 'boolean' && cell !== null ? cell === true || cell === 1 : (cell as Value)

const columnValue = ({ type, list }: Column, cell: SqlCell): ColumnValue =>
  list ? (cell as readonly SqlCell[]).map((item) => value(type, item)) : value(type, cell)

/** A row of a slots relation, read through a `SqlEngine`, as the machine takes it. Only the columns of its own grain are kept. */
export function slotRowOf(layout: Layout, row: Readonly<Record<string, SqlCell>>): SlotRow {
  const grain = Number(row['_grain'])
  const values: Record<string, ColumnValue> = {}
  for (const cell of layout.cells) {
    if (cell.grain !== grain) continue
    const aggregate = aggregateOf(cell.call)
    const read = aggregate.keeps === 'columns' ? aggregate.readColumn : undefined
    for (const column of cell.columns) {
      const found = columnValue(column, row[column.name] ?? null)
      values[column.name] = read === undefined ? found : read(cell.call, found)
    }
  }
  return {
    partition: Number(row['_partition']),
    bucket: Number(row['_bucket']),
    keys: layout.stateKeys.map((key) => value(key.type, row[key.column] ?? null)),
    grain,
    tile: Number(row['_tile']),
    values,
  }
}
