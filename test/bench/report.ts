/** One line of `npm run bench`: a value beside the baseline measured in the same run. */
export interface BenchLine {
  readonly bench: string
  readonly value: number
  readonly unit: string
  readonly baseline: number
  /** value / baseline: throughputs want it high, times want it low. */
  readonly ratio: number
  readonly goal: string
  readonly [detail: string]: unknown
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted[Math.floor(sorted.length / 2)]
  if (middle === undefined) throw new Error('median of nothing')
  return middle
}

export const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}

const rounded = (value: unknown): unknown =>
  typeof value === 'number' ? Number(value.toPrecision(5)) : value

export const report = (line: BenchLine): void => {
  console.log(
    JSON.stringify(Object.fromEntries(Object.entries(line).map(([key, value]) => [key, rounded(value)]))),
  )
}
