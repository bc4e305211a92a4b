import type { Learner } from './learner.ts'
import { chance, poisson } from './random.ts'
import { arrayOf, type LearnerState } from './state.ts'

/**
 * Copies of one learner, each of which sees an example Poisson(1) times; the answer is their mean: Oza and Russell 2001,
 * "Online bagging and boosting". State: [examples seen, arrays of one copy], then the copies' states.
 */
export const bagging = (
  learner: Learner,
  { copies = 10, seed = 1 }: { copies?: number; seed?: number } = {},
): Learner => {
  const ownOf = (state: LearnerState, n: number): LearnerState => {
    const size = arrayOf(state, 0)[1] as number
    return state.slice(1 + n * size, 1 + (n + 1) * size)
  }
  return {
    name: `bagging(${learner.name})`,
    zero() {
      const states = Array.from({ length: copies }, () => learner.zero())
      return [Float64Array.of(0, states[0]?.length ?? 0), ...states.flat()]
    },
    learn(state, x, y, weight) {
      const head = arrayOf(state, 0)
      for (let n = 0; n < copies; n++) {
        const times = poisson(1, chance(seed + n, head[0] as number))
        if (times === 0) continue
        const own = ownOf(state, n)
        learner.learn(own, x, y, times * weight)
        own.forEach((array, k) => (state[1 + n * (head[1] as number) + k] = array))
      }
      head[0] = (head[0] as number) + 1
    },
    predict(state, x) {
      let sum = 0
      for (let n = 0; n < copies; n++) sum += learner.predict(ownOf(state, n), x)
      return sum / copies
    },
  }
}
