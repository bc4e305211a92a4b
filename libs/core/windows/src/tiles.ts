import { floorDiv } from '@tidewater/base'
import { floorToSql } from './floor-sql.ts'

/**
 * Where it is decided whether an event is inside a window: it stands in the tile of its own time, however late it comes. Here is
 * which tiles a window takes and which are kept: in JavaScript, and beside each rule the same in SQL.
 * JavaScript numbers the tiles, tile n covers [n × hop, (n + 1) × hop) ms, also before 1970; SQL names a tile by its start.
 */
export const tileOf = (ms: number, hop: number): number => floorDiv(ms, hop)

/** The start of the tile that holds an instant, ms. */
export const tileStartSql = (instant: string, hop: number): string => floorToSql(instant, hop)

/** A window of an aggregate: `.last(ms)`, or `.previous(ms)` just before it. */
export interface TiledWindow {
  readonly kind: 'last' | 'previous'
  readonly ms: number
}

export interface TileRange {
  /** Number of the first tile inside. */
  readonly first: number
  /** Number of the last tile inside. */
  readonly last: number
}

/** The tiles of a window at `asOf`: whole tiles, the current one included (semantics R3). */
export const tilesOf = (
  kind: TiledWindow['kind'],
  windowMs: number,
  hop: number,
  asOf: number,
): TileRange => {
  const count = windowMs / hop
  const last = tileOf(asOf, hop) - (kind === 'last' ? 0 : count)
  return { first: last - count + 1, last }
}

/** Whether the tile that starts at `tile` is one of them. */
export const inWindowSql = ({ kind, ms }: TiledWindow, hop: number, asOf: string, tile: string): string => {
  const current = tileStartSql(asOf, hop)
  const last = kind === 'last' ? current : `${current} - ${ms}`
  return `${tile} > ${last} - ${ms} AND ${tile} <= ${last}`
}

/** How far back of `asOf` a window reaches, ms. */
export const reachOf = ({ kind, ms }: TiledWindow): number => (kind === 'last' ? ms : 2 * ms)

/** How long after its newest event a group keeps tiles no window can reach any more: a reader may ask for an hour ago (L11). */
export const TILE_GRACE_MS = 3_600_000

/** The first tile an answer at or after `newestMs − 1 h` can need; all before it may be dropped. */
export const firstNeededTile = (newestMs: number, hop: number, reachMs: number): number =>
  tileOf(newestMs - TILE_GRACE_MS, hop) - reachMs / hop + 1

/** Whether a row at `at` falls into that tile or a later one. */
export const inNeededTileSql = (at: string, newest: string, hop: number, reachMs: number): string =>
  `${at} >= ${tileStartSql(`(${newest} - ${TILE_GRACE_MS})`, hop)} - ${reachMs - hop}`
