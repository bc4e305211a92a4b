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

/** Window starts with from <= start < to, ms. */
export interface WindowRange {
  readonly from: number
  readonly to: number
}

export const ALL_WINDOWS: WindowRange = { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER }

/** Reads views back the way users ask, through the merge of both layers (semantics Q2). */
export interface ServingReader {
  /** As a list answers: every group, of a view with window those whose window starts in `range`. */
  readList(view: string, range: WindowRange): Promise<ServedView>
  /**
   * As questions for single keys answer: read only where each key is at home. `offsets` name the partitions that were read.
   * Null: single groups of this view cannot be asked for.
   */
  readKeys(view: string, keys: readonly ServedRow['keys'][]): Promise<ServedView | null>
}
