import type { CalendarUnit, Expr } from '@tidewater/expr'
import type { JoinDefinition, PatternDefinition } from './operator-definition.ts'
import type { FieldDefinition, StreamDefinition } from './stream-definition.ts'

export type * from './stream-definition.ts'

/** What `event()`, `view()` and their like produce: plain data, listed, compared, hashed and compiled. */
export type Definition =
  EventDefinition | StreamDefinition | JoinDefinition | PatternDefinition | TableDefinition | ViewDefinition

/** What the platform itself sends records of. */
export type Maker = StreamDefinition | JoinDefinition | PatternDefinition

export interface EventDefinition {
  readonly kind: 'event'
  readonly name: string
  readonly doc: string | null
  readonly fields: readonly FieldDefinition[]
  readonly key: string
  readonly time: string
  /** Closes windows for published results; never decides what counts. ms. */
  readonly latenessMs: number
  /** Two copies of one id count once within this span of append time. ms. */
  readonly horizonMs: number
  /** The field that is the envelope id; null: the envelope carries its own. */
  readonly dedupe: string | null
  /** What the platform itself makes its records of; null: they come in at the door. */
  readonly madeBy: Maker | null
}

export interface TableDefinition {
  readonly kind: 'table'
  readonly name: string
  readonly doc: string | null
  readonly fields: readonly FieldDefinition[]
  readonly key: string
  /** Path of the CSV, JSONL or Parquet file, relative to the file that defines the table. */
  readonly file: string
}

export interface KeyDefinition {
  readonly name: string
  readonly expr: Expr
}

export type WindowDefinition =
  | { readonly kind: 'duration'; readonly ms: number }
  | { readonly kind: 'calendar'; readonly unit: CalendarUnit; readonly zone: string }

export interface ViewDefinition {
  readonly kind: 'view'
  readonly name: string
  readonly doc: string | null
  /** The event whose log it reads. Everything in it is over that event's fields, whatever stream it was written over. */
  readonly from: string
  /** The stream it was written over; null: the event itself. */
  readonly through: StreamDefinition | null
  readonly where: Expr | null
  readonly keys: readonly KeyDefinition[]
  readonly window: WindowDefinition | null
  readonly measures: readonly { readonly name: string; readonly expr: Expr }[]
  readonly expiresMs: number | null
  readonly top: { readonly n: number; readonly by: string } | null
  readonly clock: 'wall' | 'event'
}

/** Rows of a `table()` by key, loaded with the catalog; `hash` is the sha256 of the file's bytes. */
export interface TableContent {
  readonly hash: string
  readonly rows: ReadonlyMap<string, Readonly<Record<string, import('@tidewater/expr').Value>>>
}

/** Every definition of a running platform, by name. */
export interface Catalog {
  readonly events: ReadonlyMap<string, EventDefinition>
  readonly streams: ReadonlyMap<string, StreamDefinition>
  readonly joins: ReadonlyMap<string, JoinDefinition>
  readonly patterns: ReadonlyMap<string, PatternDefinition>
  readonly tables: ReadonlyMap<string, TableDefinition>
  readonly views: ReadonlyMap<string, ViewDefinition>
  readonly contents: ReadonlyMap<string, TableContent>
  /** File a definition came from, by name, for messages. */
  readonly sources: ReadonlyMap<string, string>
}
