/**
 * What an engine does with lists of items. An item is a text, '-17 shoes': a total, a space, and the key it belongs to. So a map
 * from keys to 128-bit integers is a list of texts, which every store has.
 */
export interface ItemWords {
  /** The item of a key and its total. */
  of(total: string, key: string): string
  total(item: string): string
  key(item: string): string
  /** Items of one list that have the same key become one. No lambda may hold it. */
  sum(list: string): string
  /** The `n` with the greatest totals, ties by the bytes of their keys, as entries in cell form (see `SqlDialect`). */
  greatest(list: string, n: number): string
}
