import { aggregateOf } from '@tidewater/aggregates'
import type { CellCall } from '@tidewater/aggregates'
import type { AggregateCall, Expr } from '@tidewater/expr'
import { callsOf } from '@tidewater/expr'
import type { EventDefinition, ViewDefinition } from 'tidewater'
import { hopOf, reachOf } from '@tidewater/windows'
import { keyLayoutOf } from './key-layout.ts'
import type { Cell, Grain, Layout } from './layout-types.ts'

/** What is kept for a call, whatever its window and reading. */
const cellCallOf = ({ fn, arg, by, where, options }: AggregateCall): CellCall => ({
  fn,
  arg,
  ...(by === undefined ? {} : { by }),
  where,
  options,
})

const grainKeyOf = (call: AggregateCall): Omit<Grain, 'index'> => {
  if (aggregateOf(call).keeps === 'rows') return { kind: 'rows', ms: 0, reachMs: 0 }
  if (call.window === null) return { kind: 'total', ms: 0, reachMs: 0 }
  const { ms } = call.window
  const hop = hopOf(ms)
  if (hop === null) throw new Error(`a window of ${ms} ms has no hop: use whole seconds`)
  return { kind: 'tile', ms: hop, reachMs: reachOf(call.window) }
}

const idOf = (call: CellCall, grain: number): string => JSON.stringify([grain, call])

/** max(time): `expires` asks it when a group was last heard of. */
export const lastHeardCall = (event: EventDefinition): CellCall => {
  const time: Expr = { op: 'field', name: event.time, type: { kind: 'instant' }, optional: false }
  return { fn: 'max', arg: time, where: null, options: {} }
}

class LayoutBuilder {
  readonly grains: Grain[] = [{ index: 0, kind: 'total', ms: 0, reachMs: 0 }]
  readonly cells: Cell[] = []

  private grainOf(call: AggregateCall): number {
    const { kind, ms, reachMs } = grainKeyOf(call)
    // Rows of its own are no other cell's.
    const shared = (grain: Grain): boolean =>
      grain.kind === kind &&
      grain.ms === ms &&
      (kind !== 'rows' || this.cells.some(({ id }) => id === idOf(cellCallOf(call), grain.index)))
    const at = this.grains.findIndex(shared)
    const index = at < 0 ? this.grains.length : at
    this.grains[index] = { index, kind, ms, reachMs: Math.max(reachMs, this.grains[at]?.reachMs ?? 0) }
    return index
  }

  add(call: AggregateCall): void {
    this.addCell(cellCallOf(call), this.grainOf(call))
  }

  addCell(call: CellCall, grain: number): void {
    const id = idOf(call, grain)
    if (this.cells.some((cell) => cell.id === id)) return
    this.cells.push({ id, grain, call, columns: aggregateOf(call).columns(call, `c${this.cells.length}`) })
  }
}

/** The state a view keeps: which columns, at which grains, under which keys. Pure; equal definitions give equal layouts. */
export const layoutOf = (view: ViewDefinition, event: EventDefinition): Layout => {
  const builder = new LayoutBuilder()
  // By name: the order in which measures are written means nothing, so it must not move a column either.
  const measures = [...view.measures].sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const measure of measures) for (const call of callsOf(measure.expr)) builder.add(call)
  if (view.expiresMs !== null) builder.addCell(lastHeardCall(event), 0)
  return { ...keyLayoutOf(view.keys), grains: builder.grains, cells: builder.cells }
}

/** The cell that holds what a measure's call reads. */
export const cellOf = (layout: Layout, call: AggregateCall): Cell => {
  const wanted = cellCallOf(call)
  const { kind, ms } = grainKeyOf(call)
  const found = layout.cells.find((cell) => {
    const grain = layout.grains[cell.grain]
    return grain?.kind === kind && grain.ms === ms && cell.id === idOf(wanted, cell.grain)
  })
  if (found === undefined) throw new Error(`no cell for ${call.fn}: the layout is of another view`)
  return found
}

/** The cell `expires` reads. */
export const lastHeardCell = (layout: Layout, event: EventDefinition): Cell | null => {
  const id = idOf(lastHeardCall(event), 0)
  return layout.cells.find((cell) => cell.id === id) ?? null
}
