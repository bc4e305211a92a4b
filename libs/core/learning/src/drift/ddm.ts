import { arrayOf } from '../state.ts'
import type { DriftDetector } from './drift-detector.ts'

const SEEN = 0
const RATE = 1
const LEAST = 2
const LEAST_DEVIATION = 3

/**
 * Watches an error rate against the best it has been: Gama et al. 2004, "Learning with drift detection". With p the rate after
 * n values and s = √(p(1 − p) ÷ n), it warns at p + s > pmin + 2 smin and says drift at + 3 smin. Values are 0 or 1.
 * State: [seen, rate, pmin, smin].
 */
export const ddm = (from = 30): DriftDetector => ({
  name: 'ddm',
  zero: () => [fresh()],
  observe(state, at, value) {
    const s = arrayOf(state, at)
    const seen = (s[SEEN] as number) + 1
    const rate = (s[RATE] as number) + (value - (s[RATE] as number)) / seen
    s[SEEN] = seen
    s[RATE] = rate
    if (seen < from) return 'stable'
    const deviation = Math.sqrt((rate * (1 - rate)) / seen)
    if (rate + deviation <= (s[LEAST] as number) + (s[LEAST_DEVIATION] as number)) {
      s[LEAST] = rate
      s[LEAST_DEVIATION] = deviation
    }
    const level = rate + deviation - (s[LEAST] as number)
    if (level > 3 * (s[LEAST_DEVIATION] as number)) {
      s.set(fresh())
      return 'drift'
    }
    return level > 2 * (s[LEAST_DEVIATION] as number) ? 'warning' : 'stable'
  },
})

const fresh = (): Float64Array => Float64Array.of(0, 0, Infinity, Infinity)
