import type { Value } from '@tidewater/expr'
import type { Machine, State } from '@tidewater/plan'
import type { Filter } from './filter.ts'
import { passesAll } from './filter.ts'
import { mergeStates } from './merge-layers.ts'
import { comparePositions } from './order.ts'
import type { OrderTerm, Position } from './order.ts'
import type { Regrouped } from './regroup.ts'

export interface ListQuery {
  readonly asOf: number
  /** Applied to measures, after grouping. */
  readonly having: readonly Filter[]
  readonly order: readonly OrderTerm[]
  readonly first: number
  /** Only rows behind it. */
  readonly after: Position | null
}

export interface PresentedRow {
  readonly start: number | null
  readonly end: number | null
  readonly keys: Readonly<Record<string, Value>>
  readonly id: string
  readonly measures: Readonly<Record<string, Value>>
  readonly state: State
}

export interface Listed {
  readonly rows: readonly PresentedRow[]
  /** Rows in all, on every page. */
  readonly rowCount: number
  /** Where the next page begins; null on the last. */
  readonly next: Position | null
  /** State of all rows, and of those that are not on this page or an earlier one; null when there are none. */
  total(): State | null
  others(): State | null
}

/** Presents the groups, drops what has expired or does not pass, orders, and takes the first n. */
export const listRows = (machine: Machine, groups: readonly Regrouped[], query: ListQuery): Listed => {
  const rows = presentRows(machine, groups, query.asOf).filter((row) => passesAll(row.measures, query.having))
  const placed = rows.map((row) => ({ row, at: positionOf(row, query.order) }))
  placed.sort((a, b) => comparePositions(query.order, a.at, b.at))
  const { after } = query
  const from = after === null ? 0 : placed.findIndex(({ at }) => comparePositions(query.order, at, after) > 0)
  const begin = from < 0 ? placed.length : from
  const page = placed.slice(begin, begin + query.first)
  const end = begin + page.length
  const stateOf = (some: typeof placed): State | null =>
    mergeStates(
      machine,
      some.map(({ row }) => row.state),
    )
  return {
    rows: page.map(({ row }) => row),
    rowCount: placed.length,
    next: end < placed.length ? (page.at(-1)?.at ?? null) : null,
    total: () => stateOf(placed),
    others: () => stateOf(placed.slice(end)),
  }
}

/** Groups with their measures at `asOf`; without those that have none (`expires`). */
export const presentRows = (machine: Machine, groups: readonly Regrouped[], asOf: number): PresentedRow[] => {
  const rows: PresentedRow[] = []
  for (const { start, end, keys, id, states } of groups) {
    const state = mergeStates(machine, states)
    const measures = state === null ? null : machine.present(state, asOf)
    if (state !== null && measures !== null) rows.push({ start, end, keys, id, measures, state })
  }
  return rows
}

const positionOf = (row: PresentedRow, order: readonly OrderTerm[]): Position => ({
  values: order.map(({ column }) =>
    column === 'start' ? row.start : (row.measures[column] ?? row.keys[column] ?? null),
  ),
  start: row.start ?? 0,
  id: row.id,
})
