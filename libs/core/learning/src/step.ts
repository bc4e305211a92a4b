import { arrayOf, type LearnerState } from './state.ts'
import type { Terms } from './terms.ts'

/** How far one example moves the weights. */
export type StepRule =
  | { readonly kind: 'constant'; readonly rate: number }
  /** rate ÷ (1 + examples × decay)^power; Robbins and Monro 1951. */
  | { readonly kind: 'decaying'; readonly rate: number; readonly decay: number; readonly power: number }
  /** A rate of its own for every weight: rate ÷ √(sum of its squared gradients); Duchi, Hazan and Singer 2011. */
  | { readonly kind: 'adagrad'; readonly rate: number }
  /** Follow the regularised leader, proximal, per coordinate: McMahan et al. 2013, "Ad click prediction: a view from the trenches". */
  | { readonly kind: 'ftrl'; readonly alpha: number; readonly beta: number }

export interface Penalty {
  /** Pulls each touched weight towards 0 by this share of it at each step (not the intercept). */
  readonly l2: number
  /** Takes so much off each touched weight's size at each step, never past 0 (Langford, Li and Zhang 2009, truncated gradient). */
  readonly l1: number
}

/** Moves the weights of one row of terms. State: the weights, then what the rule keeps of each weight. */
export interface Step {
  zero(size: number): LearnerState
  /** `at`: place of the weights in `state`; `slope`: derivative of the loss by the score, weight included; `seen`: examples before. */
  move(state: LearnerState, at: number, terms: Terms, count: number, slope: number, seen: number): void
}

const shrunk = (weight: number, by: number): number =>
  weight > by ? weight - by : weight < -by ? weight + by : 0

const plain = (rateOf: (seen: number) => number, { l1, l2 }: Penalty): Step => ({
  zero: (size) => [new Float64Array(size)],
  move(state, at, { places, values }, count, slope, seen) {
    const weights = arrayOf(state, at)
    const rate = rateOf(seen)
    const penalised = l1 > 0 || l2 > 0
    for (let n = 0; n < count; n++) {
      const place = places[n] as number
      const weight = weights[place] as number
      const moved = weight - rate * slope * (values[n] as number)
      weights[place] = penalised && place > 0 ? shrunk(moved - rate * l2 * weight, rate * l1) : moved
    }
  },
})

const adagrad = (rate: number, { l1, l2 }: Penalty): Step => ({
  zero: (size) => [new Float64Array(size), new Float64Array(size)],
  move(state, at, { places, values }, count, slope) {
    const [weights, squares] = [arrayOf(state, at), arrayOf(state, at + 1)]
    for (let n = 0; n < count; n++) {
      const place = places[n] as number
      const weight = weights[place] as number
      const gradient = slope * (values[n] as number) + (place > 0 ? l2 * weight : 0)
      if (gradient === 0) continue
      const square = (squares[place] as number) + gradient * gradient
      squares[place] = square
      const own = rate / Math.sqrt(square)
      const moved = weight - own * gradient
      weights[place] = place > 0 && l1 > 0 ? shrunk(moved, own * l1) : moved
    }
  },
})

/** Keeps z and n of the paper; the weight itself is kept too, so that predicting reads one array like the other rules. */
const ftrl = (alpha: number, beta: number, { l1, l2 }: Penalty): Step => ({
  zero: (size) => [new Float64Array(size), new Float64Array(size), new Float64Array(size)],
  move(state, at, { places, values }, count, slope) {
    const [weights, leaders, squares] = [arrayOf(state, at), arrayOf(state, at + 1), arrayOf(state, at + 2)]
    for (let n = 0; n < count; n++) {
      const place = places[n] as number
      const gradient = slope * (values[n] as number)
      const before = squares[place] as number
      const square = before + gradient * gradient
      const sigma = (Math.sqrt(square) - Math.sqrt(before)) / alpha
      const leader = (leaders[place] as number) + gradient - sigma * (weights[place] as number)
      squares[place] = square
      leaders[place] = leader
      const [own1, own2] = place > 0 ? [l1, l2] : [0, 0]
      weights[place] = -shrunk(leader, own1) / ((beta + Math.sqrt(square)) / alpha + own2)
    }
  },
})

export const stepOf = (rule: StepRule, penalty: Penalty): Step => {
  switch (rule.kind) {
    case 'constant':
      return plain(() => rule.rate, penalty)
    case 'decaying':
      return plain((seen) => rule.rate / (1 + seen * rule.decay) ** rule.power, penalty)
    case 'adagrad':
      return adagrad(rule.rate, penalty)
    case 'ftrl':
      return ftrl(rule.alpha, rule.beta, penalty)
  }
}
