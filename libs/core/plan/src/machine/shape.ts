import { aggregateOf } from '@tidewater/aggregates'
import type { CellCode } from '@tidewater/aggregates'
import type { JsBody } from '@tidewater/expr'
import { must } from '@tidewater/base'
import type { Cell, Grain, Layout } from '../layout-types.ts'

/** A cell with its generated code. */
export interface CellShape {
  readonly cell: Cell
  readonly code: CellCode
  /** Place of its first slot among the grain's slots. */
  readonly first: number
}

/** A grain in a state object: totals as fields `s.c0`, tiles as one flat array in `s.g1`, the slot of rows of their own as `s.g2`. */
export interface GrainShape {
  readonly grain: Grain
  /** The field of the state: 'g1'. Totals have none. */
  readonly field: string
  readonly cells: readonly CellShape[]
  /** Source of every slot's empty value. */
  readonly zeros: readonly string[]
  /** Numbers per tile: its own and its slots. */
  readonly size: number
}

export interface Shape {
  readonly total: GrainShape
  readonly tiles: readonly GrainShape[]
  /** Each has one cell. */
  readonly rows: readonly GrainShape[]
}

const grainShape = (grain: Grain, layout: Layout, body: JsBody): GrainShape => {
  const cells: CellShape[] = []
  const zeros: string[] = []
  for (const cell of layout.cells) {
    if (cell.grain !== grain.index) continue
    const code = aggregateOf(cell.call).code(cell.call, body)
    cells.push({ cell, code, first: zeros.length })
    zeros.push(...code.zeros)
  }
  return { grain, field: `g${grain.index}`, cells, zeros, size: zeros.length + 1 }
}

/** The object a layout becomes in memory; `body` receives what its code closes over. */
export const shapeOf = (layout: Layout, body: JsBody): Shape => {
  const grains = layout.grains.map((grain) => grainShape(grain, layout, body))
  return {
    total: must(grains[0], 'the total grain'),
    tiles: grains.filter(({ grain }) => grain.kind === 'tile'),
    rows: grains.filter(({ grain }) => grain.kind === 'rows'),
  }
}

/** A cell whose slots are fields of the state `s`: 's.c3', 's.c3_at'; 's.g2' of rows of its own. */
export interface FieldCell {
  readonly cell: CellShape
  slots(state: string): readonly string[]
}

/** The cells of the total or of rows of their own. */
export const fieldCells = ({ grain, field, cells }: GrainShape): readonly FieldCell[] =>
  cells.map((cell) => ({
    cell,
    slots: (state) =>
      grain.kind === 'rows' ? [`${state}.${field}`] : cell.cell.columns.map(({ name }) => `${state}.${name}`),
  }))

/** Slots of a cell in the tile at index `at` of an array. */
export const tileSlots = ({ code, first }: CellShape, array: string, at: string): readonly string[] =>
  code.zeros.map((_, n) => `${array}[${at} + ${first + n + 1}]`)
