import { columnsOf } from '@tidewater/aggregates'
import type { CellCall } from '@tidewater/aggregates'
import type { AggregateCall, Expr } from '@tidewater/expr'
import { aggregatesOf } from '@tidewater/expr'
import type { EventDefinition, ViewDefinition } from 'tidewater'
import { hopOf } from '@tidewater/windows'
import { keyLayoutOf } from './key-layout.ts'
import type { Cell, Grain, Layout } from './layout-types.ts'

/** distinct keeps at most this many values unless the definition says otherwise. */
export const DISTINCT_AT_MOST = 10_000

/** What is kept for a call, whatever its window and reading. */
const cellCallOf = (call: AggregateCall): CellCall => ({
  fn: call.fn,
  arg: call.arg,
  where: call.where,
  atMost: call.fn === 'distinct' ? (call.atMost ?? DISTINCT_AT_MOST) : null,
  gapMs: call.gapMs,
})

const grainKeyOf = (call: AggregateCall): { kind: Grain['kind']; ms: number; reachMs: number } => {
  if (call.fn === 'session') return { kind: 'session', ms: call.gapMs ?? 0, reachMs: 0 }
  if (call.window === null) return { kind: 'total', ms: 0, reachMs: 0 }
  const { kind, ms } = call.window
  const hop = hopOf(ms)
  if (hop === null) throw new Error(`a window of ${ms} ms has no hop: use whole seconds`)
  return { kind: 'tile', ms: hop, reachMs: kind === 'last' ? ms : 2 * ms }
}

const idOf = (call: CellCall, grain: number): string => JSON.stringify([grain, call])

/** max(time): `expires` asks it when a group was last heard of. */
export const lastHeardCall = (event: EventDefinition): CellCall => {
  const time: Expr = { op: 'field', name: event.time, type: { kind: 'instant' }, optional: false }
  return { fn: 'max', arg: time, where: null, atMost: null, gapMs: null }
}

class LayoutBuilder {
  readonly grains: Grain[] = [{ index: 0, kind: 'total', ms: 0, reachMs: 0 }]
  readonly cells: Cell[] = []

  private grainOf(call: AggregateCall): number {
    const { kind, ms, reachMs } = grainKeyOf(call)
    // Each session cell has a grain of its own: its rows are intervals that no other cell shares.
    const shared = (grain: Grain): boolean =>
      kind === 'session'
        ? grain.kind === kind && this.sessionCall(grain.index) === JSON.stringify(cellCallOf(call))
        : grain.kind === kind && grain.ms === ms
    const at = this.grains.findIndex(shared)
    const index = at < 0 ? this.grains.length : at
    this.grains[index] = { index, kind, ms, reachMs: Math.max(reachMs, this.grains[at]?.reachMs ?? 0) }
    return index
  }

  private sessionCall(grain: number): string {
    return JSON.stringify(this.cells.find((cell) => cell.grain === grain)?.call)
  }

  add(call: AggregateCall): void {
    this.addCell(cellCallOf(call), this.grainOf(call))
  }

  addCell(call: CellCall, grain: number): void {
    const id = idOf(call, grain)
    if (this.cells.some((cell) => cell.id === id)) return
    this.cells.push({ id, grain, call, columns: columnsOf(call, `c${this.cells.length}`) })
  }
}

/** The state a view keeps: which columns, at which grains, under which keys. Pure; equal definitions give equal layouts. */
export const layoutOf = (view: ViewDefinition, event: EventDefinition): Layout => {
  const builder = new LayoutBuilder()
  // By name: the order in which measures are written means nothing, so it must not move a column either.
  const measures = [...view.measures].sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const measure of measures) for (const { call } of aggregatesOf(measure.expr)) builder.add(call)
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
