import type { EventDefinition } from 'tidewater'
import type { TopicPartition } from './event-log.ts'

/** How much of a partition a raw table holds; loads are in order, so it is always a prefix. */
export interface LoadedRows {
  readonly rows: number
  /** One past the highest loaded `_offset`; 0 when there is none. */
  readonly next: number
}

/** A range of a partition's rows in one Parquet file. */
export interface RawFile extends TopicPartition {
  /** Rows with from <= _offset < next are taken. */
  readonly from: number
  readonly next: number
  /** Absolute path. */
  readonly path: string
  /** No row of this partition below this offset can be an earlier copy within the horizon. */
  readonly horizonFrom: number
}

/**
 * What becomes of a table with a column of another type than its field has now. 'replace': it is made anew, to be loaded
 * again from the lake, which only the loader may decide. 'refuse': NOT_READY.
 */
export type ChangedColumns = 'replace' | 'refuse'

/** The raw tables of a SQL warehouse (ClickHouse), loaded from lake entries only, each exactly once (semantics A1). */
export interface RawTables {
  /** Creates the databases, the raw table of every event and its comments where missing; adds columns of new fields. */
  prepare(events: readonly EventDefinition[], changed: ChangedColumns): Promise<void>
  loaded(event: EventDefinition, partition: number): Promise<LoadedRows>
  /** Rows held with from <= _offset < next. */
  count(event: EventDefinition, partition: number, from: number, next: number): Promise<number>
  /** One insert, one part, atomic; `_dup` by semantics I2. Sent twice it changes nothing. */
  load(event: EventDefinition, file: RawFile): Promise<void>
  /** Deletes a partition's rows with from <= _offset < next, to load them again. */
  remove(event: EventDefinition, partition: number, from: number, next: number): Promise<void>
  close(): Promise<void>
}
