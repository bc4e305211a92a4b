/** A share of nothing is taken as this, so that its logarithm exists. */
const LEAST_SHARE = 1e-4

/**
 * Population stability index of two histograms over the same bins: Σ (a − e) ln(a ÷ e) over their shares (Siddiqi 2006). Below 0.1
 * little has changed, above 0.25 much. Null when either is empty.
 */
export const stabilityIndex = (expected: ArrayLike<number>, actual: ArrayLike<number>): number | null => {
  const [before, after] = [sumOf(expected), sumOf(actual)]
  if (before === 0 || after === 0) return null
  let index = 0
  for (let n = 0; n < expected.length; n++) {
    const e = Math.max((expected[n] as number) / before, LEAST_SHARE)
    const a = Math.max((actual[n] as number) / after, LEAST_SHARE)
    index += (a - e) * Math.log(a / e)
  }
  return index
}

const sumOf = (values: ArrayLike<number>): number => {
  let sum = 0
  for (let n = 0; n < values.length; n++) sum += values[n] as number
  return sum
}

export interface KolmogorovSmirnov {
  /** Greatest distance of the two distribution functions, 0 to 1. */
  readonly distance: number
  /** Chance of such a distance when both are of one distribution (asymptotic; Smirnov 1948). */
  readonly p: number
}

/** The two-sample Kolmogorov–Smirnov test; null when either sample is empty. */
export const kolmogorovSmirnov = (
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): KolmogorovSmirnov | null => {
  if (first.length === 0 || second.length === 0) return null
  const [a, b] = [Float64Array.from(first).sort(), Float64Array.from(second).sort()]
  let [i, j, distance] = [0, 0, 0]
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i] as number, b[j] as number)
    while (i < a.length && (a[i] as number) <= value) i++
    while (j < b.length && (b[j] as number) <= value) j++
    distance = Math.max(distance, Math.abs(i / a.length - j / b.length))
  }
  const size = Math.sqrt((a.length * b.length) / (a.length + b.length))
  return { distance, p: tailOf((size + 0.12 + 0.11 / size) * distance) }
}

/** Q(λ) = 2 Σ (−1)^(k−1) e^(−2k²λ²), k from 1. */
const tailOf = (lambda: number): number => {
  if (lambda < 0.2) return 1
  let sum = 0
  for (let k = 1, sign = 1; k <= 100; k++, sign = -sign) {
    const term = Math.exp(-2 * k * k * lambda * lambda)
    sum += sign * term
    if (term < 1e-12) break
  }
  return Math.max(0, Math.min(1, 2 * sum))
}
