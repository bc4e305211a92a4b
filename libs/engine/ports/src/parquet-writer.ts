import type { EventDefinition } from 'tidewater'

/** Turns canonical rows into Parquet files (contract: snake_case columns typed as the definition says, then _id, _partition, _offset, _appended_at). */
export interface ParquetWriter {
  /** Writes rows given as NDJSON (see `lineEncoder` of the archive), in pieces of whole lines, into `file`. Rejects without leaving a complete file. */
  write(event: EventDefinition, ndjson: readonly (string | Uint8Array)[], file: string): Promise<void>
  /** The files by the columns they have, names and types: each list may be rewritten into one. */
  alike(files: readonly string[]): Promise<readonly (readonly string[])[]>
  /** Rewrites files of one partition with the same columns, in order, into one: every column, type and value as it is. Answers the rows written. */
  rewrite(files: readonly string[], file: string): Promise<number>
  close(): Promise<void>
}
