import type { ColumnValue } from '@tidewater/aggregates'
import type { ByteSink } from '@tidewater/base'
import type { Value } from '@tidewater/expr'
import type { ViewDefinition } from 'tidewater'
import type { Layout } from './layout-types.ts'

/** A decoded, valid event: its fields by name (see `Value`), missing ones null. Any but its time may be (semantics A4). */
export type Row = Readonly<Record<string, Value>>

/** Where a row stands in the log; breaks ties of latest and earliest (semantics V4). */
export interface Place {
  readonly partition: number
  readonly offset: number
}

/** Opaque state of one group (one slice). Made, changed and read only by its `Machine`. */
export type State = object & { readonly '~state': true }

/** One row of a slots table, as SQL returns it: exact columns scaled (`Exact`), instants and tiles in ms, sets as sorted arrays. */
export interface SlotRow {
  readonly partition: number
  /** Window start, ms; 0 for a view without window. */
  readonly bucket: number
  /** State keys in layout order. */
  readonly keys: readonly Value[]
  readonly grain: number
  readonly tile: number
  /** Values by column name. */
  readonly values: Readonly<Record<string, ColumnValue>>
}

/** Why a row is in no group: the view's `where` is not true of it, or a key is missing. */
export type LeftOut = 'filtered' | 'keyless'

/** A view compiled to JavaScript: the state monoid of semantics L2 with its codec. Pure and deterministic. */
export interface Machine {
  readonly view: ViewDefinition
  readonly layout: Layout
  readonly fingerprint: string
  /** The group's key text (see `encodeKey`), or null when the row is left out; `why` then says which. */
  keyOf(row: Row): string | null
  why(row: Row): LeftOut | null
  /** Start of the row's window, ms; 0 for a view without window. */
  bucketOf(row: Row): number
  /** Exclusive end of the window that starts at `bucket`, ms. */
  bucketEnd(bucket: number): number
  zero(): State
  /** Adds one row in place: one that `keyOf` gave a key, for its filter is not asked again. */
  add(state: State, row: Row, partition: number, offset: number): void
  /** Adds `from` to `into` in place; `from` is left as it was. */
  merge(into: State, from: State): void
  /** Drops tiles that no answer at or after `newestMs - 1 h` can need. */
  trim(state: State, newestMs: number): void
  /** Appends the state's bytes; the layout fixes their meaning, the fingerprint names the layout. */
  encode(state: State, out: ByteSink): void
  decode(bytes: Uint8Array, start: number, end: number): State
  /** Builds one group's state from its slot rows (all of one partition or of several). */
  fromSlots(rows: readonly SlotRow[]): State
  /** The rows SQL would keep for this state: the total, then each tile, then rows of their own (sessions). The inverse of `fromSlots`. */
  slotsOf(state: State, address: Pick<SlotRow, 'partition' | 'bucket' | 'keys'>): readonly SlotRow[]
  /** Measures by name at `asOf` (ms): exact values scaled as in their type. Null when the group has no row (`expires`). */
  present(state: State, asOf: number): Record<string, Value> | null
  /** The view's keys by name, from the key text (binds lookups to the table content now loaded). A null is a lookup's `.orSkip()` without a row: the group is not shown. */
  presentKeys(key: string): Record<string, Value>
  /** Names of measures that this state cannot answer fully at `asOf` (ms), e.g. 'distinct:visitors'. Without `asOf`: of measures over all rows. */
  degraded(state: State, asOf?: number): readonly string[]
}
