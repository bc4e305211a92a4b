import { AGGREGATES } from '@tidewater/aggregates'
import type { CellCode } from '@tidewater/aggregates'
import type { JsBody } from '@tidewater/expr'
import { must } from '@tidewater/base'
import type { Cell, Column, Grain, Layout } from '../layout-types.ts'

/** A cell with its generated code. */
export interface CellShape {
  readonly cell: Cell
  readonly code: CellCode
  /** Place of its first slot among the grain's slots. */
  readonly first: number
}

/** How a grain lives in a state object: totals as fields `s.c0`, tiles and sessions as one flat array in `s.g1`. */
export interface GrainShape {
  readonly grain: Grain
  /** The field of the state: 'g1'. Totals have none. */
  readonly field: string
  readonly cells: readonly CellShape[]
  readonly columns: readonly Column[]
  /** Source of every slot's empty value. */
  readonly zeros: readonly string[]
  /** Numbers per tile: its own and its slots. */
  readonly size: number
}

export interface Shape {
  readonly total: GrainShape
  readonly tiles: readonly GrainShape[]
  readonly sessions: readonly SessionShape[]
}

/** A session's list has a grain of its own, and no slots but its intervals. */
export interface SessionShape extends GrainShape {
  readonly session: Cell
}

const grainShape = (grain: Grain, layout: Layout, body: JsBody): GrainShape => {
  const cells: CellShape[] = []
  const columns: Column[] = []
  const zeros: string[] = []
  for (const cell of layout.cells) {
    if (cell.grain !== grain.index || cell.call.fn === 'session') continue
    const code = AGGREGATES[cell.call.fn].code(cell.call, body)
    cells.push({ cell, code, first: columns.length })
    columns.push(...cell.columns)
    zeros.push(...code.zeros)
  }
  return { grain, field: `g${grain.index}`, cells, columns, zeros, size: columns.length + 1 }
}

const sessionCellOf = (layout: Layout, grain: Grain): Cell =>
  must(
    layout.cells.find((cell) => cell.grain === grain.index),
    `the cell of session grain ${grain.index}`,
  )

/** The object a layout becomes in memory; `body` receives what its code closes over. */
export const shapeOf = (layout: Layout, body: JsBody): Shape => {
  const grains = layout.grains.map((grain) => grainShape(grain, layout, body))
  return {
    total: must(grains[0], 'the total grain'),
    tiles: grains.filter(({ grain }) => grain.kind === 'tile'),
    sessions: grains
      .filter(({ grain }) => grain.kind === 'session')
      .map((shape) => ({ ...shape, session: sessionCellOf(layout, shape.grain) })),
  }
}

/** Slots of a cell in the totals of the state `s`: 's.c3', 's.c3_at'. */
export const totalSlots = ({ cell }: CellShape, state: string): readonly string[] =>
  cell.columns.map(({ name }) => `${state}.${name}`)

/** Slots of a cell in the tile at index `at` of an array. */
export const tileSlots = ({ cell, first }: CellShape, array: string, at: string): readonly string[] =>
  cell.columns.map((_, n) => `${array}[${at} + ${first + n + 1}]`)
