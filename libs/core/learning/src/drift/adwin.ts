import { arrayOf } from '../state.ts'
import type { DriftDetector } from './drift-detector.ts'

/** A row holds buckets of equal size; one more than so many are merged in pairs into the next row. */
const BUCKETS = 5
const ROWS = 32
const ROW_SIZE = 1 + 2 * (BUCKETS + 1)
const WIDTH = 0
const TOTAL = 1
const VARIANCE = 2
const TICKS = 3
const ROWS_USED = 4
const HEAD = 5
const LEAST_WINDOW = 5

/**
 * A window that grows while its mean stands and drops its old part when two parts of it differ: Bifet and Gavaldà 2007,
 * "Learning from time-changing data with adaptive windowing" (ADWIN2, exponential histogram, the variance bound). `delta` bounds
 * the chance of a false alarm at a look; it looks at every `every`-th value. Memory grows with the logarithm of the window.
 * State: [width, total, variance × width, ticks, rows used], then each row's count and its buckets' totals and variances,
 * the newest row first and in a row the oldest bucket first.
 */
export const adwin = (delta = 0.002, every = 32): DriftDetector => ({
  name: 'adwin',
  zero: () => [new Float64Array(HEAD + ROWS * ROW_SIZE)],
  observe(state, at, value) {
    const s = arrayOf(state, at)
    insert(s, value)
    s[TICKS] = get(s, TICKS) + 1
    if (get(s, TICKS) % every !== 0 || get(s, WIDTH) <= 2 * LEAST_WINDOW) return 'stable'
    return shrink(s, delta) ? 'drift' : 'stable'
  },
})

/** The mean of the window that `adwin` keeps now; 0 when it is empty. */
export const adwinMean = (s: Float64Array): number =>
  get(s, WIDTH) === 0 ? 0 : get(s, TOTAL) / get(s, WIDTH)

const get = (s: Float64Array, at: number): number => s[at] as number
const rowAt = (row: number): number => HEAD + row * ROW_SIZE

const insert = (s: Float64Array, value: number): void => {
  const width = get(s, WIDTH)
  if (width > 0) {
    const off = value - get(s, TOTAL) / width
    s[VARIANCE] = get(s, VARIANCE) + (width * off * off) / (width + 1)
  }
  s[WIDTH] = width + 1
  s[TOTAL] = get(s, TOTAL) + value
  if (get(s, ROWS_USED) === 0) s[ROWS_USED] = 1
  push(s, 0, value, 0)
  for (let row = 0; row < ROWS - 1 && get(s, rowAt(row)) > BUCKETS; row++) {
    const from = rowAt(row)
    const size = 2 ** row
    const [a, b] = [get(s, from + 1), get(s, from + 3)]
    const off = (a - b) / size
    push(s, row + 1, a + b, get(s, from + 2) + get(s, from + 4) + (size * off * off) / 2)
    dropOldest(s, row, 2)
    if (row + 2 > get(s, ROWS_USED)) s[ROWS_USED] = row + 2
  }
}

const push = (s: Float64Array, row: number, total: number, variance: number): void => {
  const from = rowAt(row)
  const count = get(s, from)
  s[from + 1 + 2 * count] = total
  s[from + 2 + 2 * count] = variance
  s[from] = count + 1
}

const dropOldest = (s: Float64Array, row: number, count: number): void => {
  const from = rowAt(row)
  s.copyWithin(from + 1, from + 1 + 2 * count, from + 1 + 2 * get(s, from))
  s[from] = get(s, from) - count
}

/** Drops old buckets while the window's older and newer part differ; whether any was dropped. */
const shrink = (s: Float64Array, delta: number): boolean => {
  let found = false
  while (get(s, WIDTH) > 2 * LEAST_WINDOW && differs(s, delta)) {
    found = true
    forget(s)
  }
  return found
}

const differs = (s: Float64Array, delta: number): boolean => {
  const width = get(s, WIDTH)
  const total = get(s, TOTAL)
  const variance = get(s, VARIANCE) / width
  const log = Math.log((2 * Math.log(width)) / delta)
  let [oldWidth, oldTotal] = [0, 0]
  for (let row = get(s, ROWS_USED) - 1; row >= 0; row--) {
    const from = rowAt(row)
    const count = get(s, from)
    for (let n = 0; n < count; n++) {
      oldWidth += 2 ** row
      oldTotal += get(s, from + 1 + 2 * n)
      const newWidth = width - oldWidth
      if (newWidth < LEAST_WINDOW) return false
      if (oldWidth < LEAST_WINDOW) continue
      const off = Math.abs(oldTotal / oldWidth - (total - oldTotal) / newWidth)
      const inverse = 1 / (oldWidth - LEAST_WINDOW + 1) + 1 / (newWidth - LEAST_WINDOW + 1)
      if (off > Math.sqrt(2 * inverse * variance * log) + (2 / 3) * inverse * log) return true
    }
  }
  return false
}

/** The oldest bucket leaves the window. */
const forget = (s: Float64Array): void => {
  const row = get(s, ROWS_USED) - 1
  const from = rowAt(row)
  const size = 2 ** row
  const [total, variance] = [get(s, from + 1), get(s, from + 2)]
  const width = get(s, WIDTH) - size
  s[WIDTH] = width
  s[TOTAL] = get(s, TOTAL) - total
  const off = total / size - get(s, TOTAL) / width
  s[VARIANCE] = Math.max(0, get(s, VARIANCE) - variance - (size * width * off * off) / (size + width))
  dropOldest(s, row, 1)
  while (get(s, ROWS_USED) > 1 && get(s, rowAt(get(s, ROWS_USED) - 1)) === 0)
    s[ROWS_USED] = get(s, ROWS_USED) - 1
}
