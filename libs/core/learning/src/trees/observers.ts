import type { Cells, Features } from '../learner.ts'

/** Categories are told apart in a leaf by the lowest bits of their code. */
export const CATEGORY_BUCKETS = 16
/** Thresholds tried between the least and the greatest value of a number. */
const THRESHOLDS = 12

/** The bucket of a category's cell; a missing one has the last. */
export const bucketOf = (cell: number): number =>
  cell === cell ? (cell ^ (cell >>> 16)) & (CATEGORY_BUCKETS - 1) : CATEGORY_BUCKETS - 1

export interface Split {
  readonly gain: number
  readonly threshold: number
  /** Estimated weight of each class that goes left. */
  readonly left: Float64Array
}

/**
 * What a leaf remembers of one feature, to find where to split: of a number the weight, mean and squared deviations of each
 * class and the range, as normal distributions (Gama, Medas and Rodrigues 2005); of a category the weight of each class in
 * each bucket. All at an offset of one array.
 */
export interface Observers {
  /** Numbers one feature takes. */
  readonly size: number
  reset(array: Float64Array, at: number, feature: number): void
  add(array: Float64Array, at: number, feature: number, x: Cells, y: number, weight: number): void
  /** log P(cell | class), or 0 when nothing is known; `total`: weight of the class in the leaf. */
  logLikelihood(
    array: Float64Array,
    at: number,
    feature: number,
    x: Cells,
    label: number,
    total: number,
  ): number
  /** The best split by information gain in bits; null when nothing separates. `totals`: weight of each class in the leaf. */
  best(array: Float64Array, at: number, feature: number, totals: Float64Array): Split | null
}

export const createObservers = (features: Features, classes: number): Observers => {
  const numbers = Uint8Array.from(features, ({ kind }) => (kind === 'number' ? 1 : 0))
  const size = Math.max(3 * classes + 2, numbers.includes(0) ? CATEGORY_BUCKETS * classes : 0)
  const range = 3 * classes
  return {
    size,
    reset(array, at, feature) {
      array.fill(0, at, at + size)
      if (numbers[feature] === 1) {
        array[at + range] = Infinity
        array[at + range + 1] = -Infinity
      }
    },
    add(array, at, feature, x, y, weight) {
      const cell = x[feature] as number
      if (numbers[feature] === 0) {
        const slot = at + bucketOf(cell) * classes + y
        array[slot] = (array[slot] as number) + weight
        return
      }
      if (cell !== cell) return
      if (cell < (array[at + range] as number)) array[at + range] = cell
      if (cell > (array[at + range + 1] as number)) array[at + range + 1] = cell
      const own = at + 3 * y
      const seen = (array[own] as number) + weight
      const off = cell - (array[own + 1] as number)
      const step = (off * weight) / seen
      array[own] = seen
      array[own + 1] = (array[own + 1] as number) + step
      array[own + 2] = (array[own + 2] as number) + weight * off * (off - step)
    },
    logLikelihood(array, at, feature, x, label, total) {
      const cell = x[feature] as number
      if (numbers[feature] === 0) {
        const weight = array[at + bucketOf(cell) * classes + label] as number
        return Math.log((weight + 1) / (total + CATEGORY_BUCKETS))
      }
      const own = at + 3 * label
      const seen = array[own] as number
      if (cell !== cell || seen < 2) return 0
      const variance = Math.max((array[own + 2] as number) / (seen - 1), 1e-12)
      const off = cell - (array[own + 1] as number)
      return -0.5 * (Math.log(2 * Math.PI * variance) + (off * off) / variance)
    },
    best(array, at, feature, totals) {
      return numbers[feature] === 1 ? bestThreshold(array, at, totals) : bestBucket(array, at, totals)
    },
  }
}

/** Entropy in bits of class weights that add up to `sum`. */
const entropy = (weights: Float64Array, sum: number): number => {
  let bits = 0
  for (const weight of weights) if (weight > 0) bits -= (weight / sum) * Math.log2(weight / sum)
  return bits
}

const sumOf = (weights: Float64Array): number => weights.reduce((sum, weight) => sum + weight, 0)

/** Information gain of parting `totals` into `left` and the rest; −∞ when nearly all goes one way. */
const gainOf = (totals: Float64Array, left: Float64Array): number => {
  const all = sumOf(totals)
  const leftSum = sumOf(left)
  const share = leftSum / all
  if (!(share > 0.01 && share < 0.99)) return -Infinity
  const right = totals.map((weight, n) => Math.max(0, weight - (left[n] as number)))
  return entropy(totals, all) - share * entropy(left, leftSum) - (1 - share) * entropy(right, all - leftSum)
}

const bestOf = (
  totals: Float64Array,
  candidates: Iterable<{ readonly threshold: number; readonly left: Float64Array }>,
): Split | null => {
  let best: Split | null = null
  for (const { threshold, left } of candidates) {
    const gain = gainOf(totals, left)
    if (gain > (best?.gain ?? -Infinity)) best = { gain, threshold, left }
  }
  return best
}

const bestThreshold = (array: Float64Array, at: number, totals: Float64Array): Split | null => {
  const range = at + 3 * totals.length
  const [least, greatest] = [array[range] as number, array[range + 1] as number]
  if (!(least < greatest)) return null
  return bestOf(
    totals,
    Array.from({ length: THRESHOLDS }, (_, n) => {
      const threshold = least + ((greatest - least) * (n + 1)) / (THRESHOLDS + 1)
      const left = totals.map((_, label) => weightBelow(array, at + 3 * label, threshold))
      return { threshold, left }
    }),
  )
}

const bestBucket = (array: Float64Array, at: number, totals: Float64Array): Split | null =>
  bestOf(
    totals,
    Array.from({ length: CATEGORY_BUCKETS }, (_, bucket) => ({
      threshold: bucket,
      left: totals.map((_, label) => array[at + bucket * totals.length + label] as number),
    })),
  )

/** Weight of a class at or below a threshold, by its normal distribution. */
const weightBelow = (array: Float64Array, own: number, threshold: number): number => {
  const seen = array[own] as number
  if (seen === 0) return 0
  const deviation = seen > 1 ? Math.sqrt(Math.max(array[own + 2] as number, 0) / (seen - 1)) : 0
  const off = threshold - (array[own + 1] as number)
  if (deviation === 0) return off >= 0 ? seen : 0
  return seen * normalBelow(off / deviation)
}

/** P(Z ≤ z) of a standard normal: Abramowitz and Stegun 1964, 26.2.17, absolute error below 7.5e-8. */
export const normalBelow = (z: number): number => {
  const t = 1 / (1 + 0.2316419 * Math.abs(z))
  const tail =
    ((((1.330274429 * t - 1.821255978) * t + 1.781477937) * t - 0.356563782) * t + 0.31938153) *
    t *
    Math.exp((-z * z) / 2) *
    0.3989422804014327
  return z >= 0 ? 1 - tail : tail
}
