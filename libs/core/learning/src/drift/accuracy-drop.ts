import { arrayOf } from '../state.ts'
import type { DriftDetector } from './drift-detector.ts'

export interface AccuracyDropOptions {
  /** Values the recent accuracy is taken over. */
  readonly window?: number
  /** Values before it may say anything. */
  readonly from?: number
  /** Share by which accuracy must have fallen, 0.05 is five points of a hundred. */
  readonly drop?: number
}

const SEEN = 0
const WRONG = 1
const BEST = 2
const HEAD = 3

/**
 * The plain rule: accuracy over the last `window` predictions has fallen by more than `drop` below the best it was over such a
 * window since the last drift. Values are errors, 1 wrong and 0 right. State: [seen, wrong in the window, best accuracy], then the window.
 */
export const accuracyDrop = (options: AccuracyDropOptions = {}): DriftDetector => {
  const { window = 500, from = 100, drop = 0.05 } = options
  return {
    name: 'accuracyDrop',
    zero: () => [new Float64Array(HEAD + window)],
    observe(state, at, value) {
      const s = arrayOf(state, at)
      const seen = s[SEEN] as number
      const slot = HEAD + (seen % window)
      const wrong = (s[WRONG] as number) + value - (seen >= window ? (s[slot] as number) : 0)
      s[slot] = value
      s[SEEN] = seen + 1
      s[WRONG] = wrong
      if (seen + 1 < from) return 'stable'
      const accuracy = 1 - wrong / Math.min(seen + 1, window)
      s[BEST] = Math.max(s[BEST] as number, accuracy)
      if (accuracy >= (s[BEST] as number) - drop) return 'stable'
      s.fill(0)
      return 'drift'
    },
  }
}
