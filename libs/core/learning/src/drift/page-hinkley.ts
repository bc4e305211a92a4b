import { arrayOf } from '../state.ts'
import type { DriftDetector } from './drift-detector.ts'

export interface PageHinkleyOptions {
  /** Values before it may say anything. */
  readonly from?: number
  /** Rises of the mean smaller than this are tolerated. */
  readonly tolerated?: number
  /** Accumulated rise that is a drift. */
  readonly threshold?: number
  /** How fast the sum forgets, 1 never. */
  readonly forgetting?: number
}

const SEEN = 0
const MEAN = 1
const SUM = 2
const LEAST = 3

/**
 * Cumulates how far values stand above their running mean: Page 1954, "Continuous inspection schemes"; drift when the sum has
 * risen by `threshold` from its least. State: [seen, mean, sum, least sum].
 */
export const pageHinkley = (options: PageHinkleyOptions = {}): DriftDetector => {
  const { from = 30, tolerated = 0.005, threshold = 50, forgetting = 0.9999 } = options
  return {
    name: 'pageHinkley',
    zero: () => [Float64Array.of(0, 0, 0, Infinity)],
    observe(state, at, value) {
      const s = arrayOf(state, at)
      const seen = (s[SEEN] as number) + 1
      const mean = (s[MEAN] as number) + (value - (s[MEAN] as number)) / seen
      const sum = forgetting * (s[SUM] as number) + value - mean - tolerated
      const least = Math.min(s[LEAST] as number, sum)
      s.set([seen, mean, sum, least])
      if (seen < from || sum - least <= threshold) return 'stable'
      s.set([0, 0, 0, Infinity])
      return 'drift'
    },
  }
}
