/** How SQL tells the copies among raw rows: each is held against what came before it under its name, in its partition. */
export interface CopyWords {
  /** Rows of different names, or with NULL for one, are no copies of each other. */
  readonly name: string
  /** The integer by which rows of a name are compared; of what came before, the highest decides. */
  readonly mark: string
  /** That highest mark; NULL without one. A window over whole partitions. */
  readonly before: string
  /** Of two marks. `before` is NULL without one; the answer never is. */
  isCopy(mark: string, before: string): string
  /** True of every row of `raw` that may be a copy. */
  mayBeCopy(raw: string): string
  /** Of `earlier` rows, all of which stand before `later` ones, a SELECT of the envelopes of those that decide about them. */
  deciding(earlier: string, later: string): string
}
