import type { AggregateCall, Value } from '../node.ts'

/** Source text of a computed value: a name or a literal, safe to repeat. */
export interface Atom {
  readonly source: string
  /** False when it can never be null. */
  readonly nullable: boolean
}

/** Rows of the tables a definition looks up, by table name and key. */
export type TableRows = ReadonlyMap<string, ReadonlyMap<string, Readonly<Record<string, Value>>>>

/** What an expression may read where it is compiled. */
export interface JsScope {
  /** Source that reads a field; throws when there are no fields here. */
  field(name: string): string
  /** The value of an aggregate; throws when there are none here. */
  aggregate(call: AggregateCall): Atom
  /** Source of the answer's instant, ms. */
  readonly asOf: string
  readonly tables: TableRows
}
