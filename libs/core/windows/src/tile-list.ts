/**
 * Tiles of one grain, flat: [tile, slot, slot, …, tile, slot, slot, …], ordered by tile. null: none yet.
 * Numbers of tiles, not ms, so an array of counts stays an array of small integers.
 */
export type TileList = unknown[]

/** Where `tile` is, or was now put between its neighbours with empty slots. */
export const tileAt = (list: TileList, tile: number, size: number, zeros: readonly unknown[]): number => {
  let at = list.length
  while (at > 0 && (list[at - size] as number) > tile) at -= size
  if (at > 0 && list[at - size] === tile) return at - size
  list.splice(at, 0, tile, ...zeros)
  return at
}

/** The list without tiles before `first`; null when none is left. */
export const dropTiles = (list: TileList, first: number, size: number): TileList | null => {
  let at = 0
  while (at < list.length && (list[at] as number) < first) at += size
  if (at === list.length) return null
  list.splice(0, at)
  return list
}

/** As long as the longest list asked for. */
const blanks: TileList = []

/** `length` slots to be written over, in an array that has room for `more` behind them: it need not grow for the next tile. */
export const blankList = (length: number, more: number): TileList => {
  while (blanks.length < length + more) blanks.push(0)
  const list = blanks.slice(0, length + more)
  for (let n = 0; n < more; n++) list.pop()
  return list
}
