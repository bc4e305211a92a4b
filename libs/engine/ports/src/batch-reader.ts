import type { JoinedRows } from '@tidewater/merge'
import type { SlotRow } from '@tidewater/plan'

/** Exclusive end offset per topic-partition: what an answer has seen. */
export type OffsetVector = readonly {
  readonly topic: string
  readonly partition: number
  readonly next: number
}[]

export interface JoinedQuery {
  readonly generation: string
  readonly view: string
  readonly rows: JoinedRows
}

/** The batch layer's answers to the serving layer (a published DuckDB file, or ClickHouse). */
export interface BatchReader {
  /**
   * State rows of a windowed view in a generation, for windows with from <= start < to (ms), in order of the windows, in chunks:
   * a view may have more windows than fit into memory. Whoever has enough stops taking.
   */
  slots(query: {
    readonly generation: string
    readonly view: string
    readonly from: number
    readonly to: number
  }): AsyncIterable<readonly SlotRow[]>
  /** The same rows joined, filtered, counted and cut where they are; a reader without it is asked for `slots`. */
  readonly joined?: {
    /** In order of the windows. Of a view for which `canJoinInSql` holds, and `canOrderInSql` when the top is asked for. */
    rows(query: JoinedQuery): AsyncIterable<readonly SlotRow[]>
    /** How many joined rows pass `top.having`. */
    count(query: JoinedQuery): Promise<number>
  }
  /** State recomputed from the archive: rows below `offsets` with event time <= asOf; of one group when `key` is given. */
  history(query: {
    readonly view: string
    readonly offsets: OffsetVector
    readonly asOf: number
    readonly key: string | null
  }): Promise<readonly SlotRow[]>
  close(): Promise<void>
}
