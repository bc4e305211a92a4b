import type { AggregateCall, Type, Value } from '@tidewater/expr'

/** What an aggregate keeps in a SQL row, in cell form (see `SqlDialect`). */
export interface Column {
  /** Unique in the layout: 'c3', 'c3_at', 'c3_n'. */
  readonly name: string
  readonly type: Type
  /** True for a list of values of the type; false for one, which may be NULL. */
  readonly list: boolean
}

/** What a column of a row holds. */
export type ColumnValue = Value | readonly Value[]

/** What is kept for an aggregate, whatever its window and reading. */
export type CellCall = Omit<AggregateCall, 'window' | 'read'>

export const INT: Type = { kind: 'int', digits: 15 }
export const NUMBER: Type = { kind: 'number' }
export const INSTANT: Type = { kind: 'instant' }

export const column = (name: string, type: Type): Column => ({ name, type, list: false })

/** How many rows; 0 when none. */
export const countColumn = (name: string): Column => column(name, INT)

/** The type of what is aggregated. Throws when the call has no argument. */
export const argTypeOf = (call: CellCall): Type => {
  if (call.arg === null) throw new Error(`${call.fn} needs an argument`)
  return call.arg.type
}
