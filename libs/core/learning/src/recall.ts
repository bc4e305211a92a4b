import type { Features, Learner } from './learner.ts'
import { arrayOf, type LearnerState } from './state.ts'

/**
 * A learner that also sees the label before, and by how much each number has moved since the example before: Žliobaitė et al.
 * 2015, "Evaluation methods and decision theory for classification of streaming data with temporal dependence". Of use where
 * labels come before the next example. `make` gets the longer list of features. State: [last label, last cells], then the learner's.
 */
export const recall = (features: Features, make: (features: Features) => Learner): Learner => {
  const numbers = features.flatMap(({ kind }, n) => (kind === 'number' ? [n] : []))
  const longer: Features = [
    ...features,
    { name: 'labelBefore', kind: 'number' },
    ...numbers.map((n) => ({ name: `${features[n]?.name}Moved`, kind: 'number' as const })),
  ]
  const learner = make(longer)
  const cells = new Float64Array(longer.length)
  const fill = (last: Float64Array, x: Float64Array): Float64Array => {
    cells.set(x.subarray(0, features.length))
    cells[features.length] = last[0] as number
    for (const [k, n] of numbers.entries())
      cells[features.length + 1 + k] = (x[n] as number) - (last[1 + n] as number)
    return cells
  }
  const rest = (state: LearnerState, visit: (own: LearnerState) => void): void => {
    const own = state.slice(1)
    visit(own)
    for (const [n, array] of own.entries()) state[1 + n] = array
  }
  return {
    name: `recall(${learner.name})`,
    zero: () => [new Float64Array(1 + features.length).fill(NaN), ...learner.zero()],
    learn(state, x, y, weight) {
      const last = arrayOf(state, 0)
      rest(state, (own) => learner.learn(own, fill(last, x), y, weight))
      last[0] = y
      last.set(x.subarray(0, features.length), 1)
    },
    predict: (state, x) => learner.predict(state.slice(1), fill(arrayOf(state, 0), x)),
  }
}
