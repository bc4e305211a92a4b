const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Tile widths, widest first (semantics R3). */
const HOPS: readonly number[] = [
  24 * HOUR,
  ...[12, 6, 3, 2, 1].map((n) => n * HOUR),
  ...[30, 15, 10, 5, 2, 1].map((n) => n * MINUTE),
  ...[30, 15, 10, 5, 2, 1].map((n) => n * SECOND),
]

/**
 * The tile width of a window "last `windowMs`", in ms: the widest hop that divides it and is at most a 60th of it;
 * 1 s under a minute. Null when no hop divides the window, so the definition is refused at load.
 */
export const hopOf = (windowMs: number): number | null => {
  const widest = windowMs < MINUTE ? SECOND : windowMs / 60
  return HOPS.find((hop) => hop <= widest && windowMs % hop === 0) ?? null
}
