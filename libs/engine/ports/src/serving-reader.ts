import type { Value } from '@tidewater/expr'
import type { OffsetVector } from './batch-reader.ts'

/** One presented group of a view: keys and measures by name; start and end (ms) of its window, null without window. */
export interface ServedRow {
  readonly keys: Readonly<Record<string, Value>>
  readonly start: number | null
  readonly end: number | null
  readonly measures: Readonly<Record<string, Value>>
}

export interface ServedView {
  readonly rows: readonly ServedRow[]
  /** What the rows have seen: exact at this vector. */
  readonly offsets: OffsetVector
  readonly asOf: number
  /** Names of what is incomplete in the answer, e.g. 'distinct:visitors'. */
  readonly degraded: readonly string[]
}

/** Reads every group of a view the way a user would, through the merge of both layers (semantics Q2). */
export interface ServingReader {
  readAll(view: string): Promise<ServedView>
}
