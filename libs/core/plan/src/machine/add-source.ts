import { tileAt } from '@tidewater/windows'
import type { AddInput } from '@tidewater/aggregates'
import { emit, rowScope } from '@tidewater/expr'
import type { Atom, Expr, JsBody, TableRows } from '@tidewater/expr'
import type { EventDefinition } from 'tidewater'
import type { Cell } from '../layout-types.ts'
import { fieldCells, tileSlots } from './shape.ts'
import type { CellShape, FieldCell, GrainShape, Shape } from './shape.ts'

interface Taken {
  readonly input: AddInput
  /** Source of the filter; null when every row counts. */
  readonly where: string | null
}

/** `(s, row, partition, offset) => void`: every distinct argument and filter is computed once, then each grain takes them in. */
export const addSource = (shape: Shape, event: EventDefinition, tables: TableRows, body: JsBody): string => {
  const scope = rowScope('row', tables)
  const value = (expr: Expr | null): Atom | null => (expr === null ? null : emit(body, expr, scope))
  const at = body.declare(scope.field(event.time))
  const take = ({ call }: Cell): Taken => {
    const where = value(call.where)
    return {
      input: {
        value: value(call.arg),
        key: value(call.by ?? null),
        at,
        partition: 'partition',
        offset: 'offset',
      },
      where: where === null ? null : where.nullable ? `${where.source} === true` : where.source,
    }
  }
  const addCell = (shape: CellShape, slots: readonly string[]): string => {
    const { input, where } = take(shape.cell)
    const statement = shape.code.add(slots, input)
    return where === null ? statement : `if (${where}) { ${statement} }`
  }
  const addField = ({ cell, slots }: FieldCell): string => addCell(cell, slots('s'))
  const total = fieldCells(shape.total).map(addField)
  const tiles = shape.tiles.map((grain) =>
    addToTile(
      grain,
      at,
      body,
      grain.cells.map((cell) => take(cell.cell)),
      addCell,
    ),
  )
  const rows = shape.rows.flatMap(fieldCells).map(addField)
  const text = [...body.lines, ...total, ...tiles, ...rows].join('\n')
  return `(s, row, partition, offset) => {\n${text}\n}`
}

const addToTile = (
  { grain, field, cells, zeros, size }: GrainShape,
  at: string,
  body: JsBody,
  taken: readonly Taken[],
  addCell: (cell: CellShape, slots: readonly string[]) => string,
): string => {
  const [list, place, tile] = [`a${grain.index}`, `i${grain.index}`, `n${grain.index}`]
  const fresh = `[${zeros.join(', ')}]`
  // Nearly every event falls into the last tile or opens a new one behind it.
  const find = `
let ${list} = s.${field}, ${place} = 0;
const ${tile} = Math.floor(${at} / ${grain.ms});
if (${list} === null) s.${field} = ${list} = [${[tile, ...zeros].join(', ')}];
else {
  ${place} = ${list}.length - ${size};
  if (${list}[${place}] !== ${tile}) {
    if (${list}[${place}] < ${tile}) { ${place} += ${size}; ${list}.push(${[tile, ...zeros].join(', ')}); }
    else ${place} = ${body.constant(tileAt)}(${list}, ${tile}, ${size}, ${fresh});
  }
}`
  const adds = cells.map((cell) => addCell(cell, tileSlots(cell, list, place))).join('\n')
  const filters = taken.map(({ where }) => where)
  const text = `${find}\n${adds}`
  // No tile for rows that no cell of this grain takes.
  return filters.includes(null) ? `{ ${text} }` : `if (${filters.join(' || ')}) { ${text} }`
}
