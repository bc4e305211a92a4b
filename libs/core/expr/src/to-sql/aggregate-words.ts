import type { Type } from '../type.ts'

/** The aggregate functions of an engine over cell forms. `only` is a condition that is never NULL, or null for all rows. */
export interface AggregateWords {
  /** Rows, 0 when none. */
  count(only: string | null): string
  /** Total of integers, in 128 bits, 0 when none. */
  sumInteger(x: string, only: string | null): string
  /** Total of counts, 0 when none. */
  sumCount(x: string, only: string | null): string
  /** Total of doubles, 0 when none. */
  sumDouble(x: string, only: string | null): string
  min(x: string, only: string | null): string
  max(x: string, only: string | null): string
  /** The x where `order` (never NULL under `only`, as x is not) is greatest. */
  atGreatest(x: string, order: string, only: string | null): string
  atLeast(x: string, order: string, only: string | null): string
  /** Up to `limit` distinct values as a list; empty when none. */
  distinct(x: string, limit: number, type: Type, only: string | null): string
  /** An `item` for each different x (never NULL under `only`) and how often it occurs, as a list; empty when none. */
  tally(x: string, only: string | null, item: (x: string, count: string) => string): string
  /**
   * The total of integers for each key (never NULL under `only`), in 128 bits, as a list of items (see `item-words.ts`); empty
   * when none.
   */
  sumByKey(key: string, integer: string, only: string | null): string
  /** The same from lists of such items. */
  sumItems(list: string, only: string | null): string
  /** All items of lists; empty when none. */
  allOfLists(list: string, type: Type, only: string | null): string
  /** Of lists of integers (not negative) that are a key × `room` + a count: one for each key; empty when none. */
  sumTallies(list: string, room: number, only: string | null): string
  /** Up to `limit` distinct values of lists. */
  distinctOfLists(list: string, limit: number, type: Type, only: string | null): string
}
