const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Tile grids a window may use, largest first, in ms (semantics R3). */
const HOPS: readonly number[] = [
  24 * HOUR,
  ...[12, 6, 3, 2, 1].map((n) => n * HOUR),
  ...[30, 15, 10, 5, 2, 1].map((n) => n * MINUTE),
  ...[30, 15, 10, 5, 2, 1].map((n) => n * SECOND),
]

/**
 * The grid of a window of `ms`: the largest hop that divides it and is at most a sixtieth of it; 1 s for windows under
 * a minute. Null when there is none: such a window is refused when it is loaded.
 */
export const hopOf = (ms: number): number | null => {
  const most = ms < MINUTE ? SECOND : ms / 60
  return HOPS.find((hop) => hop <= most && ms % hop === 0) ?? null
}
