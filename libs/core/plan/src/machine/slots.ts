import { MORE, addSession, mergeDistinct } from '@tidewater/aggregates'
import type { DistinctSet } from '@tidewater/aggregates'
import type { JsBody, Value } from '@tidewater/expr'
import type { SlotRow } from '../machine-types.ts'
import { tileAt } from './tile-list.ts'
import type { CellShape, GrainShape, SessionShape, Shape } from './shape.ts'
import { tileSlots, totalSlots } from './shape.ts'

type SlotValue = SlotRow['values'][string]

/** A list of more than `atMost` values, or null, is "more than atMost" (SQL keeps one value too many to say so). */
const setOf = (value: SlotValue | undefined, atMost: number): DistinctSet => {
  if (!Array.isArray(value)) return value === null ? MORE : null
  const values = value as readonly Value[]
  return values.length === 0 ? null : mergeDistinct(null, new Set(values), atMost)
}

/** Ordered as SQL orders it: numbers by size, texts by code unit. */
const listOf = (set: DistinctSet): readonly Value[] | null =>
  set === MORE ? null : set === null ? [] : [...set].sort((a, b) => ((a as string) < (b as string) ? -1 : 1))

/** `(s, row) => void`: merges one slot row into the state. */
export const addSlotSource = (shape: Shape, body: JsBody): string => {
  const cases = [
    `case 0: {\n${mergeCells(shape.total.cells, (cell) => totalSlots(cell, 's'), body)}\nbreak; }`,
    ...shape.tiles.map((grain) => tileCase(grain, body)),
    ...shape.sessions.map((grain) => sessionCase(grain, body)),
  ]
  return `(s, row) => { const v = row.values; switch (row.grain) {\n${cases.join('\n')}\n} }`
}

const mergeCells = (
  cells: readonly CellShape[],
  slots: (cell: CellShape) => readonly string[],
  body: JsBody,
): string =>
  cells
    .map((cell) => {
      const values = cell.cell.columns.map(({ name, kind }, n) => {
        const value = `v[${JSON.stringify(name)}]`
        if (kind === 'set') return `${body.constant(setOf)}(${value}, ${cell.cell.call.atMost})`
        return `${value} ?? ${cell.code.zeros[n]}`
      })
      const names = values.map(() => body.fresh())
      const declared = names.map((name, n) => `const ${name} = ${values[n]};`).join(' ')
      return `${declared} ${cell.code.merge(slots(cell), names)}`
    })
    .join('\n')

const tileCase = (grain: GrainShape, body: JsBody): string => {
  const { field, size, zeros } = grain
  const merges = mergeCells(grain.cells, (cell) => tileSlots(cell, 'a', 'i'), body)
  const tile = `Math.floor(row.tile / ${grain.grain.ms})`
  return `case ${grain.grain.index}: {
const a = s.${field} === null ? (s.${field} = []) : s.${field};
const i = ${body.constant(tileAt)}(a, ${tile}, ${size}, [${zeros.join(', ')}]);
${merges}
break; }`
}

const sessionCase = ({ grain, field, session }: SessionShape, body: JsBody): string => {
  const [end, events] = session.columns.map(({ name }) => `v[${JSON.stringify(name)}]`)
  return `case ${grain.index}:
if (s.${field} === null) s.${field} = [0];
${body.constant(addSession)}(s.${field}, row.tile, ${end}, ${events}, ${grain.ms});
break;`
}

type Fields = Readonly<Record<string, unknown>>
type Rest = Omit<SlotRow, 'grain' | 'tile' | 'values'>

const slotValue = (value: unknown, kind: string): SlotValue => {
  if (kind === 'set') return listOf(value as DistinctSet)
  return value === Infinity || value === -Infinity ? null : (value as Value)
}

const valuesOf = (
  cells: readonly CellShape[],
  slot: (cell: CellShape, n: number) => unknown,
): SlotRow['values'] => {
  const values: Record<string, SlotValue> = {}
  for (const cell of cells) {
    const { fn } = cell.cell.call
    const taken = cell.cell.columns.map(({ kind }, n) => slotValue(slot(cell, n), kind))
    const empty = (fn === 'latest' || fn === 'earliest') && taken[1] === null
    cell.cell.columns.forEach(({ name }, n) => {
      values[name] = empty ? null : (taken[n] as SlotValue)
    })
  }
  return values
}

/** The rows SQL would keep for this state: the total, each tile, each session. */
export const slotsOfState = (shape: Shape, state: object, rest: Rest): readonly SlotRow[] => {
  const fields = state as Fields
  const total = valuesOf(shape.total.cells, (cell, n) => fields[cell.cell.columns[n]?.name ?? ''])
  const rows: SlotRow[] = [{ ...rest, grain: 0, tile: 0, values: total }]
  for (const { field, grain, cells, size } of shape.tiles) {
    const list = (fields[field] ?? []) as readonly unknown[]
    for (let at = 0; at < list.length; at += size) {
      const values = valuesOf(cells, (cell, n) => list[at + cell.first + n + 1])
      rows.push({ ...rest, grain: grain.index, tile: (list[at] as number) * grain.ms, values })
    }
  }
  for (const { field, grain, session } of shape.sessions)
    rows.push(...sessionRows(fields[field], grain.index, session.columns, rest))
  return rows
}

const sessionRows = (
  list: unknown,
  grain: number,
  columns: SessionShape['session']['columns'],
  rest: Rest,
): readonly SlotRow[] => {
  const flat = (list ?? [0]) as readonly number[]
  const rows: SlotRow[] = []
  for (let at = 1; at < flat.length; at += 3) {
    const values = Object.fromEntries(columns.map(({ name }, n) => [name, flat[at + 1 + n] as number]))
    rows.push({ ...rest, grain, tile: flat[at] as number, values })
  }
  return rows
}
