import type { Type, Value } from '@tidewater/expr'
import type { Column, Layout } from '../layout-types.ts'
import type { SlotRow } from '../machine-types.ts'

type SqlCell = string | number | bigint | boolean | null | readonly SqlCell[]

const value = (type: Type, cell: SqlCell): Value =>
  // ClickHouse has no boolean of its own in some expressions.
  type.kind === 'boolean' && cell !== null ? cell === true || cell === 1 : (cell as Value)

/** A list longer than the bound says "more than that", which the machine writes as null. */
const slotValue = (column: Column, atMost: number | null, cell: SqlCell): Value | readonly Value[] => {
  if (column.kind !== 'set') return value(column.type, cell)
  const items = cell as readonly SqlCell[]
  return items.length > (atMost ?? 0) ? null : items.map((item) => value(column.type, item))
}

/** A row of a slots relation, read through a `SqlEngine`, as the machine takes it. Only the columns of its own grain are kept. */
export function slotRowOf(layout: Layout, row: Readonly<Record<string, SqlCell>>): SlotRow {
  const grain = Number(row['_grain'])
  const values: Record<string, Value | readonly Value[]> = {}
  for (const cell of layout.cells) {
    if (cell.grain !== grain) continue
    for (const column of cell.columns)
      values[column.name] = slotValue(column, cell.call.atMost, row[column.name] ?? null)
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
