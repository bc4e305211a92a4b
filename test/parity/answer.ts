import type { Value } from '@tidewater/expr'

/** One presented row by SQL column: window bounds in ms, keys and measures as values (exact numbers scaled). */
export type AnswerRow = Readonly<Record<string, Value>>

export interface Answer {
  /** Who computed it and how, e.g. 'duckdb, halves merged'. */
  readonly by: string
  readonly rows: readonly AnswerRow[]
}
