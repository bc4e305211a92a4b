import type { LearnerState } from './state.ts'

/** One column of an example. A category's cell is its code (see `categoryCode`); a missing cell of either kind is NaN. */
export interface Feature {
  readonly name: string
  readonly kind: 'number' | 'category'
}

/** The columns of every example a learner sees, in order. */
export type Features = readonly Feature[]

/** One example: a cell for each feature. Learners only read it. */
export type Cells = Float64Array

/**
 * A model that learns from one example at a time. `learn` depends on the state and its arguments alone, so the same
 * examples in the same order give bit-equal states, on one build of the runtime.
 *
 * `y` is the label: 0 or 1 for a classifier of two classes, the class's number for one of several, the value for a regression.
 * `weight` (> 0) counts an example so many times. `predict` answers the probability of 1, or the value.
 */
export interface Learner {
  readonly name: string
  zero(): LearnerState
  learn(state: LearnerState, x: Cells, y: number, weight: number): void
  predict(state: LearnerState, x: Cells): number
}

/** A learner of several classes also answers all their probabilities, which add up to 1. */
export interface ClassLearner extends Learner {
  readonly classes: number
  probabilities(state: LearnerState, x: Cells): Float64Array
}
