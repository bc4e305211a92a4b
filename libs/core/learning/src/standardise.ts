import { arrayOf, type LearnerState } from './state.ts'
import type { Cells, Features } from './learner.ts'

/**
 * Running mean and variance of every number column, by Welford's recurrence with weights (West 1979, "Updating mean and
 * variance estimates"). State: [weight, mean, sum of squared deviations] of each column, three arrays.
 */
export interface Standardise {
  zero(): LearnerState
  /** Takes the known numbers of an example in; `at` is the place of the first of its three arrays in `state`. */
  learn(state: LearnerState, at: number, x: Cells, weight: number): void
  /** Fills `z` with the standard score of every number column, in the order of the features; 0 where it is missing or never varied. */
  scores(state: LearnerState, at: number, x: Cells, z: Float64Array): void
  /** Columns of the examples that are numbers. */
  readonly columns: Int32Array
}

export const standardise = (features: Features): Standardise => {
  const columns = Int32Array.from(features.flatMap(({ kind }, n) => (kind === 'number' ? [n] : [])))
  const size = columns.length
  return {
    columns,
    zero: () => [new Float64Array(size), new Float64Array(size), new Float64Array(size)],
    learn(state, at, x, weight) {
      const [weights, means, squares] = [arrayOf(state, at), arrayOf(state, at + 1), arrayOf(state, at + 2)]
      for (let k = 0; k < size; k++) {
        const value = x[columns[k] as number] as number
        if (value !== value) continue
        const seen = (weights[k] as number) + weight
        const off = value - (means[k] as number)
        const step = (off * weight) / seen
        weights[k] = seen
        means[k] = (means[k] as number) + step
        squares[k] = (squares[k] as number) + weight * off * (off - step)
      }
    },
    scores(state, at, x, z) {
      const [weights, means, squares] = [arrayOf(state, at), arrayOf(state, at + 1), arrayOf(state, at + 2)]
      for (let k = 0; k < size; k++) {
        const value = x[columns[k] as number] as number
        const square = squares[k] as number
        z[k] =
          square > 0 && value === value
            ? (value - (means[k] as number)) / Math.sqrt(square / (weights[k] as number))
            : 0
      }
    },
  }
}
