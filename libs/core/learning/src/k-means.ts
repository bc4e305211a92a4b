import type { Cells, Learner } from './learner.ts'
import { arrayOf, type LearnerState } from './state.ts'

/**
 * Clusters of examples that are all numbers, one at a time: MacQueen 1967, "Some methods for classification and analysis of
 * multivariate observations", with forgetting. The first k different examples are the first centres. `predict` answers the
 * number of the nearest centre, −1 before there is one; `y` is not looked at. State: [centres], weights, centres one after another.
 */
export const kMeans = ({
  k,
  columns,
  forget = 1,
}: {
  k: number
  columns: number
  forget?: number
}): Learner => {
  const distance = (centres: Float64Array, n: number, x: Cells): number => {
    let sum = 0
    for (let c = 0; c < columns; c++) sum += ((x[c] as number) - (centres[n * columns + c] as number)) ** 2
    return sum
  }
  const nearest = (state: LearnerState, x: Cells): readonly [number, number] => {
    const count = arrayOf(state, 0)[0] as number
    const centres = arrayOf(state, 2)
    let [best, least] = [-1, Infinity]
    for (let n = 0; n < count; n++) {
      const away = distance(centres, n, x)
      if (away < least) [best, least] = [n, away]
    }
    return [best, least]
  }
  return {
    name: 'kMeans',
    zero: () => [new Float64Array(1), new Float64Array(k), new Float64Array(k * columns)],
    learn(state, x, _y, weight) {
      const [head, weights, centres] = [arrayOf(state, 0), arrayOf(state, 1), arrayOf(state, 2)]
      const count = head[0] as number
      const [closest, away] = nearest(state, x)
      const isNew = count < k && away > 0
      const n = isNew ? count : closest
      if (isNew) {
        head[0] = count + 1
        centres.set(x.subarray(0, columns), n * columns)
      }
      const seen = (weights[n] as number) * forget + weight
      weights[n] = seen
      for (let c = 0; c < columns; c++) {
        const at = n * columns + c
        centres[at] = (centres[at] as number) + (((x[c] as number) - (centres[at] as number)) * weight) / seen
      }
    },
    predict: (state, x) => nearest(state, x)[0],
  }
}
