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
  /** What is asked of all rows: nothing, `rowCount`, or `total` and `others` too. */
  readonly whole: 'nothing' | 'count' | 'sums'
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

/** A list that is made of rows as they come, and holds only those of its page. */
export interface Listing {
  add(groups: readonly Regrouped[]): void
  /** The first of so many rows that pass; the others are known to be behind the page. */
  addFirst(rows: readonly PresentedRow[], count: number): void
  /** Whether rows of later windows cannot change the answer any more. */
  readonly isFull: boolean
  listed(): Listed
}

interface Placed {
  readonly row: PresentedRow
  readonly at: Position
}

/** Rows that may wait beyond the page before the page is cut again. */
const MAX_BEYOND = 1_000

/** Whether rows come in their order when windows do. */
export const isByStart = (order: readonly OrderTerm[]): boolean =>
  order.length === 1 && order[0]?.column === 'start' && order[0].direction === 'ASC'

/** Presents the groups, drops what has expired or does not pass, orders, and keeps the first n. */
export const createListing = (machine: Machine, query: ListQuery): Listing => {
  const { order, after, first, whole } = query
  const sums = whole === 'sums'
  const page: Placed[] = []
  /** The last place of a full page, as far as it is known. */
  let last: Position | null = null
  const counts = { all: 0, behind: 0 }
  const earlier = createSum(machine)
  const beyond = createSum(machine)
  const cut = (): void => {
    page.sort((a, b) => comparePositions(order, a.at, b.at))
    const rest = page.splice(first)
    if (sums) for (const { row } of rest) beyond.add(row.state)
    if (page.length === first) last = page.at(-1)?.at ?? null
  }
  const place = (row: PresentedRow): void => {
    const at = positionOf(row, order)
    const isBehind = after === null || comparePositions(order, at, after) > 0
    counts.all++
    if (isBehind) counts.behind++
    if (!isBehind) {
      if (sums) earlier.add(row.state)
    } else if (last !== null && comparePositions(order, at, last) > 0) {
      if (sums) beyond.add(row.state)
    } else page.push({ row, at })
    if (page.length > 2 * first + MAX_BEYOND || (last === null && page.length > first)) cut()
  }
  return {
    get isFull() {
      return whole === 'nothing' && isByStart(order) && counts.behind > first
    },
    add: (groups) => {
      for (const row of passingRows(machine, groups, query)) place(row)
    },
    addFirst: (rows, count) => {
      for (const row of rows) place(row)
      counts.all += count - rows.length
    },
    listed: () => {
      cut()
      return {
        rows: page.map(({ row }) => row),
        rowCount: counts.all,
        next: counts.behind > page.length ? (page.at(-1)?.at ?? null) : null,
        total: () =>
          mergeStates(machine, [
            ...earlier.states(),
            ...page.map(({ row }) => row.state),
            ...beyond.states(),
          ]),
        others: () => mergeStates(machine, beyond.states()),
      }
    },
  }
}

interface Sum {
  add(state: State): void
  /** One state, or none. */
  states(): readonly State[]
}

const createSum = (machine: Machine): Sum => {
  let sum: State | null = null
  return {
    add: (state) => machine.merge((sum ??= machine.zero()), state),
    states: () => (sum === null ? [] : [sum]),
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

/** Those that a list shows if it is long enough. */
export const passingRows = (
  machine: Machine,
  groups: readonly Regrouped[],
  { asOf, having }: Pick<ListQuery, 'asOf' | 'having'>,
): PresentedRow[] => presentRows(machine, groups, asOf).filter(({ measures }) => passesAll(measures, having))

export const positionOf = (row: PresentedRow, order: readonly OrderTerm[]): Position => ({
  values: order.map(({ column }) =>
    column === 'start' ? row.start : (row.measures[column] ?? row.keys[column] ?? null),
  ),
  start: row.start ?? 0,
  id: row.id,
})
