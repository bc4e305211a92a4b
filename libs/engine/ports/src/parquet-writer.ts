import type { EventDefinition } from 'tidewater'

/** Turns canonical rows into Parquet files (contract: snake_case columns typed as the definition says, then _id, _partition, _offset, _appended_at). */
export interface ParquetWriter {
  /** Writes rows given as NDJSON (see `lineEncoder` of the archive) into `file`. Rejects without leaving a complete file. */
  write(event: EventDefinition, ndjson: readonly string[], file: string): Promise<void>
  /** Rewrites files of one partition, in order, into one; a field the older files lack becomes null. Answers the rows written. */
  rewrite(event: EventDefinition, files: readonly string[], file: string): Promise<number>
  close(): Promise<void>
}
