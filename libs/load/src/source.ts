/** One row of a file, whatever its format: texts by column, null where the format knows "missing". */
export interface SourceRow {
  /** Line (CSV, JSONL) or row (Parquet) number in the file, from 1. */
  readonly line: number
  readonly cells: readonly (string | null)[]
  /** Why the row cannot be read at all; null when it can. */
  readonly broken: string | null
  /** The row as it stands in the file, for the dead letters. */
  readonly text: () => string
}

export interface RowSource {
  readonly columns: readonly string[]
  /** Columns that the format has whoever wrote it: an event needs no field for them. */
  readonly spare?: readonly string[]
  readonly rows: AsyncIterable<SourceRow>
}
