/**
 * What sums by half-life mean, in the plainest words: the values of the last 40 half-lives in integers of 2^-32, as they weigh at
 * the start of the newest; null of none. As every meaning it shares nothing with the code that it is compared with.
 */
export const plainSums = (
  rows: readonly { readonly at: number; readonly value: bigint }[],
  halfLife: number,
): { readonly total: bigint; readonly newest: bigint } | null => {
  const h = BigInt(halfLife)
  const periodOf = ({ at }: { readonly at: number }): bigint =>
    (BigInt(at) - (((BigInt(at) % h) + h) % h)) / h
  const factors = [8_071_612n, 38_616_031n, 239_739_387n, 1_031_476_217n, 2_977_064_049n, 4_294_967_296n]
  const weigh = (row: { readonly at: number; readonly value: bigint }): bigint => {
    const step = ((BigInt(row.at) - periodOf(row) * h) * 262_144n) / h
    return row.value * factors.reduce((sum, factor) => (sum * step) / 262_144n + factor, 0n)
  }
  const periods = rows.map(periodOf).sort((a, b) => (a < b ? 1 : a > b ? -1 : 0))
  const [newest] = periods
  if (newest === undefined) return null
  const recent = [...new Set(periods)].filter((period) => period > newest - 40n)
  const total = recent.reduce((sum, period) => {
    const own = rows.filter((row) => periodOf(row) === period)
    return sum + own.reduce((part, row) => part + weigh(row), 0n) / 2n ** (newest - period)
  }, 0n)
  return { total, newest }
}
