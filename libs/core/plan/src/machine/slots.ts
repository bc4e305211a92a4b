import { tileAt } from '@tidewater/windows'
import type { TileList } from '@tidewater/windows'
import { aggregateOf } from '@tidewater/aggregates'
import type { CellCode, ColumnValue } from '@tidewater/aggregates'
import type { JsBody } from '@tidewater/expr'
import type { Cell } from '../layout-types.ts'
import type { SlotRow } from '../machine-types.ts'
import type { CellShape, GrainShape, Shape } from './shape.ts'
import { fieldCells, tileSlots } from './shape.ts'

/** `(s, row) => void`: merges one row of the slots relation into the state. */
export const addSlotSource = (shape: Shape, body: JsBody): string => {
  const cases = [shape.total, ...shape.tiles, ...shape.rows].map(
    (grain) => `case ${grain.grain.index}: {\n${takeRow(grain, body)}\nbreak; }`,
  )
  return `(s, row) => { const v = row.values; switch (row.grain) {\n${cases.join('\n')}\n} }`
}

const takeRow = (grain: GrainShape, body: JsBody): string => {
  const take = ({ cell, code }: { cell: Cell; code: CellCode }, slots: readonly string[]): string =>
    code.take(slots, {
      values: cell.columns.map(({ name }) => `v[${JSON.stringify(name)}]`),
      tile: 'row.tile',
    })
  if (grain.grain.kind !== 'tile')
    return fieldCells(grain)
      .map(({ cell, slots }) => take(cell, slots('s')))
      .join('\n')
  const { field, size, zeros } = grain
  const tile = `Math.floor(row.tile / ${grain.grain.ms})`
  const find = `${body.constant(tileAt)}(a, ${tile}, ${size}, [${zeros.join(', ')}])`
  return `const a = s.${field} === null ? (s.${field} = []) : s.${field};
const i = ${find};
${grain.cells.map((cell) => take(cell, tileSlots(cell, 'a', 'i'))).join('\n')}`
}

type Rest = Omit<SlotRow, 'grain' | 'tile' | 'values'>

/** The rows SQL would keep for this state: the total, each tile, and those that aggregates keep of their own. */
export const slotsOfState = (shape: Shape, state: object, rest: Rest): readonly SlotRow[] => {
  const fields = state as Readonly<Record<string, unknown>>
  const row = ({ grain }: GrainShape, tile: number, values: SlotRow['values']): SlotRow => ({
    ...rest,
    grain: grain.index,
    tile,
    values,
  })
  const total = columnsOf(shape.total, ({ cell }) => cell.columns.map(({ name }) => fields[name]))
  const tiles = shape.tiles.flatMap((grain) =>
    tilesOf(grain, (fields[grain.field] ?? []) as TileList).map(({ tile, values }) =>
      row(grain, tile, values),
    ),
  )
  const own = shape.rows.flatMap((grain) =>
    grain.cells.flatMap(({ cell }) => {
      const aggregate = aggregateOf(cell.call)
      const rows = aggregate.keeps === 'rows' ? aggregate.rowsOf(fields[grain.field]) : []
      return rows.map(({ tile, values }) => row(grain, tile, named(cell, values)))
    }),
  )
  return [row(shape.total, 0, total), ...tiles, ...own]
}

const tilesOf = (
  grain: GrainShape,
  list: TileList,
): readonly { readonly tile: number; readonly values: SlotRow['values'] }[] => {
  const { size } = grain
  return Array.from({ length: list.length / size }, (_, n) => ({
    tile: (list[n * size] as number) * grain.grain.ms,
    values: columnsOf(grain, ({ first, code }) =>
      list.slice(n * size + first + 1, n * size + first + 1 + code.zeros.length),
    ),
  }))
}

/** The columns of a total or tile, by name. */
const columnsOf = (
  { cells }: GrainShape,
  slotsOf: (cell: CellShape) => readonly unknown[],
): SlotRow['values'] => {
  const values: Record<string, ColumnValue> = {}
  for (const shape of cells) {
    const aggregate = aggregateOf(shape.cell.call)
    if (aggregate.keeps === 'columns')
      Object.assign(values, named(shape.cell, aggregate.rowOf(slotsOf(shape))))
  }
  return values
}

const named = ({ columns }: Cell, values: readonly ColumnValue[]): SlotRow['values'] =>
  Object.fromEntries(columns.map(({ name }, n) => [name, values[n] ?? null]))
