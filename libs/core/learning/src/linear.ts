import type { Features, Learner } from './learner.ts'
import { standardise } from './standardise.ts'
import { arrayOf, type LearnerState } from './state.ts'
import { stepOf, type Penalty, type StepRule } from './step.ts'
import { createTerms, type TermOptions, type Terms } from './terms.ts'

export interface LinearOptions extends Partial<TermOptions>, Partial<Penalty> {
  readonly features: Features
  readonly step?: StepRule
  /** No example moves the score's slope by more than this, so that a poison example cannot blow up the weights. */
  readonly clip?: number
}

interface Link {
  readonly name: string
  /** From the score (weights × terms) to the prediction. */
  predict(score: number): number
  /** Derivative of the loss by the score. */
  slope(score: number, y: number): number
}

/** 1 ÷ (1 + e⁻ˢ), without overflow. */
export const sigmoid = (score: number): number => {
  if (score >= 0) return 1 / (1 + Math.exp(-score))
  const grows = Math.exp(score)
  return grows / (1 + grows)
}

const LOGIT: Link = { name: 'logistic', predict: sigmoid, slope: (score, y) => sigmoid(score) - y }
const IDENTITY: Link = { name: 'linear', predict: (score) => score, slope: (score, y) => score - y }

/** Per-coordinate steps need no tuning of the rate for columns that are rare, and slow down as they should for common ones. */
export const DEFAULT_STEP: StepRule = { kind: 'adagrad', rate: 0.3 }
const DEFAULTS = { bits: 16, pairs: false, l1: 0, l2: 0, clip: 1e6 } as const

/** State: [examples seen], the three arrays of `standardise`, then those of the step rule, the weights first. */
const SCALER = 1
const WEIGHTS = 4

/** The place of the weights in the state of a linear learner, one for each of its terms. */
export const weightsOf = (state: LearnerState): Float64Array => arrayOf(state, WEIGHTS)

const score = (weights: Float64Array, { places, values }: Terms, count: number): number => {
  let sum = 0
  for (let n = 0; n < count; n++) sum += (weights[places[n] as number] as number) * (values[n] as number)
  return sum
}

const linearModel = (link: Link, options: LinearOptions): Learner => {
  const { features, step: rule = DEFAULT_STEP, clip = DEFAULTS.clip, bits = DEFAULTS.bits } = options
  const scaler = standardise(features)
  const terms = createTerms(features, { bits, pairs: options.pairs ?? DEFAULTS.pairs })
  const step = stepOf(rule, { l1: options.l1 ?? DEFAULTS.l1, l2: options.l2 ?? DEFAULTS.l2 })
  const scores = new Float64Array(scaler.columns.length)
  return {
    name: link.name,
    zero: () => [new Float64Array(1), ...scaler.zero(), ...step.zero(terms.size)],
    learn(state, x, y, weight) {
      const seen = arrayOf(state, 0)
      scaler.learn(state, SCALER, x, weight)
      scaler.scores(state, SCALER, x, scores)
      const count = terms.fill(x, scores)
      const slope = weight * link.slope(score(weightsOf(state), terms, count), y)
      const clipped = Math.max(-clip, Math.min(clip, slope))
      step.move(state, WEIGHTS, terms, count, clipped, seen[0] as number)
      seen[0] = (seen[0] as number) + 1
    },
    predict(state, x) {
      scaler.scores(state, SCALER, x, scores)
      return link.predict(score(weightsOf(state), terms, terms.fill(x, scores)))
    },
  }
}

/** Logistic regression by stochastic gradient descent over standardised numbers and hashed categories; labels 0 and 1. */
export const logistic = (options: LinearOptions): Learner => linearModel(LOGIT, options)

/** Linear regression by stochastic gradient descent of the squared error ÷ 2, over the same terms. */
export const linear = (options: LinearOptions): Learner => linearModel(IDENTITY, options)
