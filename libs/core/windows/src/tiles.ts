import { floorDiv } from '@tidewater/base'

/** Tiles are numbered: tile n covers [n × hop, (n + 1) × hop) ms, also before 1970. */
export const tileOf = (ms: number, hop: number): number => floorDiv(ms, hop)

export interface TileRange {
  /** Number of the first tile inside. */
  readonly first: number
  /** Number of the last tile inside. */
  readonly last: number
}

/** The tiles of `.last(windowMs)` or `.previous(windowMs)` at `asOf`: whole tiles, the current one included (semantics R3). */
export const tilesOf = (
  kind: 'last' | 'previous',
  windowMs: number,
  hop: number,
  asOf: number,
): TileRange => {
  const count = windowMs / hop
  const last = tileOf(asOf, hop) - (kind === 'last' ? 0 : count)
  return { first: last - count + 1, last }
}

/** How long after its newest event a group keeps tiles no window can reach any more: a reader may ask for an hour ago (L11). */
export const TILE_GRACE_MS = 3_600_000

/** The first tile an answer at or after `newestMs − 1 h` can need; all before it may be dropped. */
export const firstNeededTile = (newestMs: number, hop: number, reachMs: number): number =>
  tileOf(newestMs - TILE_GRACE_MS, hop) - reachMs / hop + 1
