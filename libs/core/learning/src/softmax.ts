import type { ClassLearner, Features } from './learner.ts'
import { DEFAULT_STEP } from './linear.ts'
import { standardise } from './standardise.ts'
import { arrayOf } from './state.ts'
import { stepOf, type StepRule } from './step.ts'
import { createTerms } from './terms.ts'

export interface SoftmaxOptions {
  readonly features: Features
  readonly classes: number
  readonly step?: StepRule
  readonly l1?: number
  readonly l2?: number
  readonly bits?: number
}

const SCALER = 1
const WEIGHTS = 4

/**
 * Logistic regression of several classes by stochastic gradient descent of the cross entropy (Bishop 2006, 4.3.4). `predict`
 * answers the likeliest class. State: [examples], the scaler's three arrays, then the arrays of the step rule for each class.
 */
export const softmax = (options: SoftmaxOptions): ClassLearner => {
  const { features, classes, step: rule = DEFAULT_STEP, bits = 16, l1 = 0, l2 = 0 } = options
  const scaler = standardise(features)
  const terms = createTerms(features, { bits, pairs: false })
  const step = stepOf(rule, { l1, l2 })
  const scores = new Float64Array(scaler.columns.length)
  const kept = step.zero(0).length
  const shares = (weights: (label: number) => Float64Array, count: number): Float64Array => {
    const sums = Float64Array.from({ length: classes }, (_, label) => {
      let sum = 0
      for (let n = 0; n < count; n++)
        sum += (weights(label)[terms.places[n] as number] as number) * (terms.values[n] as number)
      return sum
    })
    const most = Math.max(...sums)
    const grown = sums.map((sum) => Math.exp(sum - most))
    const all = grown.reduce((sum, share) => sum + share, 0)
    return grown.map((share) => share / all)
  }
  const learner: ClassLearner = {
    name: 'softmax',
    classes,
    zero: () => [
      new Float64Array(1),
      ...scaler.zero(),
      ...Array.from({ length: classes }, () => step.zero(terms.size)).flat(),
    ],
    learn(state, x, y, weight) {
      const seen = arrayOf(state, 0)
      scaler.learn(state, SCALER, x, weight)
      scaler.scores(state, SCALER, x, scores)
      const count = terms.fill(x, scores)
      const p = shares((label) => arrayOf(state, WEIGHTS + label * kept), count)
      for (let label = 0; label < classes; label++) {
        const slope = weight * ((p[label] as number) - (label === y ? 1 : 0))
        step.move(state, WEIGHTS + label * kept, terms, count, slope, seen[0] as number)
      }
      seen[0] = (seen[0] as number) + 1
    },
    probabilities(state, x) {
      scaler.scores(state, SCALER, x, scores)
      return shares((label) => arrayOf(state, WEIGHTS + label * kept), terms.fill(x, scores))
    },
    predict(state, x) {
      const p = learner.probabilities(state, x)
      return p.indexOf(Math.max(...p))
    },
  }
  return learner
}
