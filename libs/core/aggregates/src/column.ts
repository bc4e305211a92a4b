import type { AggregateCall, ScalarType, Type, Value } from '@tidewater/expr'

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

export const INT: ScalarType = { kind: 'int', digits: 15 }
export const NUMBER: ScalarType = { kind: 'number' }
export const INSTANT: ScalarType = { kind: 'instant' }

export const column = (name: string, type: Type): Column => ({ name, type, list: false })

/** How many rows; 0 when none. */
export const countColumn = (name: string): Column => column(name, INT)

/** The type of what is aggregated. Throws when the call has no argument, or a list. */
export const argTypeOf = ({ fn, arg }: CellCall): ScalarType => {
  if (arg === null || arg.type.kind === 'list') throw new Error(`${fn} needs one value as its argument`)
  return arg.type
}
