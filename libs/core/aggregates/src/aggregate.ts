import type { AggregateCall, Atom, JsBody, Option, SqlDialect, Type } from '@tidewater/expr'
import type { CellCall, Column, ColumnValue } from './column.ts'
import type { Meaning } from './meaning.ts'

/** The whole of an aggregate but its word in the language. A commutative monoid (design L2), in every form it is run in. */
export type Aggregate = ColumnsAggregate | RowsAggregate

/** Most aggregates: what is kept stands in columns of the row of its total or tile. */
export interface ColumnsAggregate extends AnyAggregate {
  readonly keeps: 'columns'
  /** True when `SourceRow.place` is read. */
  readonly placed?: boolean
  sql(call: CellCall, columns: readonly string[], dialect: SqlDialect): ColumnsSql
  /** The columns of a state's slots, in order. */
  rowOf(slots: readonly unknown[]): readonly ColumnValue[]
  /** A column as an engine gives it, in the form of `rowOf`. */
  readColumn?(call: CellCall, value: ColumnValue): ColumnValue
}

/** What is kept is any number of rows of its own, such as sessions; a view's windows do not cut it. JavaScript has it in one slot. */
export interface RowsAggregate extends AnyAggregate {
  readonly keeps: 'rows'
  sql(call: CellCall, columns: readonly string[], dialect: SqlDialect): RowsSql
  /** The rows of a state's slot; `tile` is their place in time, ms. */
  rowsOf(slot: unknown): readonly { readonly tile: number; readonly values: readonly ColumnValue[] }[]
}

/** What is wrong with a definition, and what to write instead. */
export interface Refusal {
  readonly wrong: string
  readonly cure: string
}

interface AnyAggregate {
  /** What it answers, in a sentence; of no row too. */
  readonly doc: string
  /** What it is taken of: 'values' are of any type. */
  readonly of: 'nothing' | 'numbers' | 'values'
  /** Why a value of this type, or an option of its own, is refused when the definition is loaded, and the cure. `told` is the value in the author's words. */
  refuses?(type: Type, told: string, options: AggregateCall['options']): Refusal | null
  /** The type of the answer; `arg` is that of the argument, null without one. */
  answer(arg: Type | null, read: string | null): { readonly type: Type; readonly optional: boolean }
  /** It is taken by a text, which an author writes first: of each text the total of the argument, or how many rows when there is none. */
  readonly keyed?: true
  /** How an author writes it when not by its own name: `sum(x).decaying({ halfLife })` is the method 'decaying' of 'sum'. */
  readonly method?: { readonly of: string; readonly name: string }
  /** Its own options, each with values that random tests try: small, so that limits are met. */
  readonly options?: Readonly<Record<string, readonly Option[]>>
  /** The option, or 'read', that an author writes as its second argument: `histogram(x, edges)`, `quantile(x, 0.95)`. */
  readonly second?: string
  /** What may be read of it, when that is more than one thing. */
  readonly reads?: readonly string[]
  /** What is kept, the columns named after `name`. */
  columns(call: CellCall, name: string): readonly Column[]
  code(call: CellCall, body: JsBody): CellCode
  readonly meaning: Meaning
}

/** One event's row as the generated code sees it: source texts. */
export interface AddInput {
  /** The argument; null for an aggregate without one. */
  readonly value: Atom | null
  /** The key of a keyed aggregate. */
  readonly key?: Atom | null
  readonly at: string
  readonly partition: string
  readonly offset: string
}

/** A row of the slots relation as the generated code sees it: source texts. */
export interface KeptRow {
  /** By column, in order; null where SQL has NULL. */
  readonly values: readonly string[]
  /** Its place in time, ms. */
  readonly tile: string
}

/** How an answer is read: its instant (source text, ms) and what was asked for. */
export interface Reading {
  readonly asOf: string
  readonly read: string | null
}

/**
 * An aggregate as generated JavaScript over its slots. Slots are source texts that can be read and assigned (`s.c3`,
 * `a[i + 2]`), so the same texts serve totals, tiles and local accumulators. Laws: merge is associative and commutative with
 * identity `zeros`; add(zero, row) merged in any order gives what adding all rows gives.
 */
export interface CellCode {
  /** Source of each slot's value when there was no row. */
  readonly zeros: readonly string[]
  /** Statements that take in one row whose filter is true. */
  add(slots: readonly string[], input: AddInput): string
  /** Statements that take in other slots, which stay as they are. */
  merge(into: readonly string[], from: readonly string[]): string
  /** Statements that take in a row of the slots relation. */
  take(slots: readonly string[], row: KeptRow): string
  /** Expression of the result. */
  present(slots: readonly string[], reading: Reading): Atom
  /** Condition that rows were forgotten, so the result is missing or too small; null: it never is. */
  incomplete(slots: readonly string[]): string | null
  readonly bytes: CellBytes
}

/** Source texts of the byte form: write slots to `bytes` at `at`, and read them back from `r` (a `ByteReader`). */
export interface CellBytes {
  write(slots: readonly string[]): string
  /** One expression for each slot, in the order they must be evaluated. */
  readonly reads: readonly string[]
  /** The most bytes the slots take, whatever they hold. */
  readonly sized: number
  /** Source of the most bytes that what they hold takes beyond `sized`; null: nothing. */
  bound(slots: readonly string[]): string | null
}

/** A row of the view's source `s`, as SQL. */
export interface SourceRow {
  /** The argument; null for an aggregate without one. */
  readonly value: string | null
  /** The key of a keyed aggregate. */
  readonly key?: string | null
  /** The filter as a condition that is never NULL; null when every row counts. */
  readonly only: string | null
  readonly at: string
  readonly partition: string
  /** Event time and offset as one integer (see `placeSql`). */
  readonly place: string
}

/** An aggregate as SQL in columns. */
export interface ColumnsSql {
  /** Every column, in order, over the rows of `source`. */
  add(source: SourceRow): readonly string[]
  /** Every column, in order, over those rows of the slots relation `s` that fulfil `rows`. */
  merge(rows: string): readonly string[]
  /** The same in the very form of `add`, to be kept; absent: that is what `merge` gives. */
  settle?(rows: string): readonly string[]
  /** The result from what `merge` gave, in cell form; `asOf` is the answer's moment, ms. */
  present(merged: readonly string[], read: string | null, asOf: string): string
}

/** A relation with a row for each to keep: `from` has the group's columns, `tile` and `values` are read from it as `s`. */
export interface RowsToKeep {
  readonly from: string
  readonly tile: string
  readonly values: readonly string[]
}

/** An aggregate as SQL in rows of its own. `group` names the columns that tell groups apart. */
export interface RowsSql {
  add(source: SourceRow, group: readonly string[]): RowsToKeep
  /** The rows to keep in place of those of the slots relation that fulfil `rows`, whose alias is `s`. */
  merge(slots: string, rows: string, group: readonly string[]): RowsToKeep
  /** A relation with at most one row for each group that has an answer at `asOf`, from the rows of `bound` that fulfil `rows`. */
  present(rows: string, group: readonly string[], asOf: string): string
  /** The result from such a relation, all of whose columns are NULL for a group without an answer. */
  read(relation: string, read: string | null): string
}

/** `statement`, only where the value is there. */
export const whenKnown = (value: Atom | null, statement: string): string =>
  value?.nullable === true ? `if (${value.source} !== null) { ${statement} }` : statement

/** The slot of an aggregate that has just one. */
export const only = (slots: readonly string[]): string => slots[0] ?? ''

/** `CellCode.take` where a row has the slots themselves, null for what was empty. */
export const takeSlots =
  (body: JsBody, { zeros, merge }: Pick<CellCode, 'zeros' | 'merge'>): CellCode['take'] =>
  (slots, { values }) => {
    const names = values.map(() => body.fresh())
    const declared = names.map((name, n) => `const ${name} = ${values[n]} ?? ${zeros[n]};`).join(' ')
    return `${declared} ${merge(slots, names)}`
  }

/** `rowOf` where the slots are the columns. */
export const slotsRow = (slots: readonly unknown[]): readonly ColumnValue[] => slots as readonly ColumnValue[]

/** How an answer names a measure that a call leaves incomplete: 'distinct:visitors'. */
export const incompleteName = ({ fn }: Pick<AggregateCall, 'fn'>, measure: string): string =>
  `${fn}:${measure}`

/** `CellCode.incomplete` of an aggregate that forgets nothing. */
export const never = (): null => null

/** The conditions that are there, joined; null for none. */
export const and = (...conditions: readonly (string | null)[]): string | null => {
  const all = conditions.filter((condition) => condition !== null)
  return all.length === 0 ? null : all.join(' AND ')
}
