import type { ClassLearner, Features } from './learner.ts'
import { createObservers } from './trees/observers.ts'
import { arrayOf } from './state.ts'

/**
 * Naive Bayes with a normal distribution for each number and class, and Laplace-smoothed shares for categories: John and
 * Langley 1995, "Estimating continuous distributions in Bayesian classifiers". State: weight of each class, then an observer of
 * each feature.
 */
export const naiveBayes = ({
  features,
  classes = 2,
}: {
  features: Features
  classes?: number
}): ClassLearner => {
  const observers = createObservers(features, classes)
  const learner: ClassLearner = {
    name: 'naiveBayes',
    classes,
    zero() {
      const known = new Float64Array(features.length * observers.size)
      for (const n of features.keys()) observers.reset(known, n * observers.size, n)
      return [new Float64Array(classes), known]
    },
    learn(state, x, y, weight) {
      const [weights, known] = [arrayOf(state, 0), arrayOf(state, 1)]
      weights[y] = (weights[y] as number) + weight
      for (let n = 0; n < features.length; n++) observers.add(known, n * observers.size, n, x, y, weight)
    },
    probabilities(state, x) {
      const [weights, known] = [arrayOf(state, 0), arrayOf(state, 1)]
      const all = weights.reduce((sum, weight) => sum + weight, 0)
      if (all === 0) return new Float64Array(classes).fill(1 / classes)
      const logs = weights.map((weight, label) => {
        if (weight === 0) return -Infinity
        let log = Math.log(weight / all)
        for (let n = 0; n < features.length; n++)
          log += observers.logLikelihood(known, n * observers.size, n, x, label, weight)
        return log
      })
      const most = Math.max(...logs)
      const shares = logs.map((log) => Math.exp(log - most))
      const sum = shares.reduce((total, share) => total + share, 0)
      return shares.map((share) => share / sum)
    },
    predict: (state, x) => learner.probabilities(state, x)[1] as number,
  }
  return learner
}
