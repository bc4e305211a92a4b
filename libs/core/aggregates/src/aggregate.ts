import type { Atom, JsBody } from '@tidewater/expr'
import type { CellCall, Column } from './column.ts'

/** One row as the generated code sees it: source texts. */
export interface AddInput {
  /** The argument; null for an aggregate without one. */
  readonly value: Atom | null
  readonly at: string
  readonly partition: string
  readonly offset: string
}

/**
 * An aggregate as generated JavaScript: a commutative monoid over its slots, one slot for each column.
 * Slots are source texts that can be read and assigned (`s.c3`, `a[i + 2]`), so the same texts serve totals, tiles and
 * local accumulators. Laws: merge is associative and commutative with identity `zeros`; add(zero, row) merged in any
 * order gives what adding all rows gives.
 */
export interface CellCode {
  /** Source of each slot's value when there was no row. */
  readonly zeros: readonly string[]
  /** Statements that take in one row whose filter is true. */
  add(slots: readonly string[], input: AddInput): string
  /** Statements that take in other slots, which stay as they are. */
  merge(into: readonly string[], from: readonly string[]): string
  /** Expression of the result. */
  present(slots: readonly string[]): Atom
}

export interface Aggregate {
  /** What is kept, the first column named `name`. */
  columns(call: CellCall, name: string): readonly Column[]
  code(call: CellCall, body: JsBody): CellCode
}

/** `statement`, only where the value is there. */
export const whenKnown = (value: Atom | null, statement: string): string =>
  value?.nullable === true ? `if (${value.source} !== null) { ${statement} }` : statement

/** The slot of an aggregate that has just one. */
export const only = (slots: readonly string[]): string => slots[0] ?? ''
