/** Beyond every instant and every field's integer, ± 2^53. */
const BEYOND = 2n ** 53n

/** The greatest multiple of `by` that is ≤ x: the tile grid, also before 1970. |x| ≤ 2^53. */
export const floorToSql = (x: string, by: number): string => {
  if (by === 1) return x
  const step = BigInt(by)
  // A multiple of `by` that makes x positive, where both engines' remainder is the mathematical one.
  const lift = ((BEYOND + step - 1n) / step) * step
  return `(${x} - (${x} + ${lift}) % ${by})`
}
