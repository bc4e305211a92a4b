import type { CellCall, Column } from '@tidewater/aggregates'
import type { Expr, Type } from '@tidewater/expr'

export type { CellCall, Column } from '@tidewater/aggregates'

/**
 * The state of a view: for each group (window start, state keys) a few *grains*, each a list of *slots* by tile.
 * JavaScript keeps a slot in memory and in Redis, SQL keeps it as a row; both have these very columns.
 */
export interface Layout {
  /** Columns that identify a group: the event's own columns only (a lookup's attribute is bound at read, semantics V6). */
  readonly stateKeys: readonly StateKey[]
  /** The view's keys as presented, each from the state keys. */
  readonly keys: readonly PresentedKey[]
  readonly grains: readonly Grain[]
  readonly cells: readonly Cell[]
}

export interface StateKey {
  /** SQL column: 'k0', 'k1', … */
  readonly column: string
  readonly expr: Expr
  readonly type: Type
  readonly optional: boolean
}

export interface PresentedKey {
  readonly name: string
  readonly type: Type
  /** An expression over fields named 'k0', 'k1', … and lookups. */
  readonly expr: Expr
  /** True when it is simply a state key, so reading one group needs no scan. */
  readonly direct: string | null
}

export interface Grain {
  /** The value of the SQL column `_grain`: its index in `Layout.grains`. Index 0 is always the total. */
  readonly index: number
  /** rows: those of one aggregate that keeps rows of its own, such as a session. */
  readonly kind: 'total' | 'tile' | 'rows'
  /** tile: grid in ms (semantics R3); else 0. */
  readonly ms: number
  /** tile: how far back of asOf a window reaches, ms; older tiles are dropped 1 h later (L11). */
  readonly reachMs: number
}

/** One distinct (aggregate, argument, where) at one grain; several measures may share it. */
export interface Cell {
  readonly id: string
  readonly grain: number
  readonly call: CellCall
  readonly columns: readonly Column[]
}
