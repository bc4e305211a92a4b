import type { AggregateCall, Type } from '@tidewater/expr'

export type ColumnKind =
  | /** Exact integer scaled by `scale`; zero 0 */ 'sum'
    /** Sum of doubles; zero 0 */
  | 'float'
  /** count of rows; zero 0 */
  | 'count'
  /** any value by `type`, null when empty */
  | 'value'
  /** position of a latest/earliest: event time ms, partition, offset; null when empty */
  | 'position'
  /** set of distinct values: sorted list, or null for "more than atMost" */
  | 'set'

export interface Column {
  /** SQL column, unique in the layout: 'c3', 'c3_at', 'c3_partition', 'c3_offset', 'c3_n'. */
  readonly name: string
  readonly kind: ColumnKind
  readonly type: Type
}

/** What is kept for an aggregate, whatever its window and reading. */
export type CellCall = Omit<AggregateCall, 'window' | 'read'>

export const INT: Type = { kind: 'int', digits: 15 }
export const INSTANT: Type = { kind: 'instant' }

export const countColumn = (name: string): Column => ({ name, kind: 'count', type: INT })

/** The type of what is aggregated. Throws when the call has no argument. */
export const argTypeOf = (call: CellCall): Type => {
  if (call.arg === null) throw new Error(`${call.fn} needs an argument`)
  return call.arg.type
}
