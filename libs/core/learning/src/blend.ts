import type { Features, Learner } from './learner.ts'
import { logistic } from './linear.ts'
import { arrayOf, type LearnerState } from './state.ts'

/** Probabilities closer to 0 or 1 than this say no more than this. */
const CERTAIN = 0.001

const logit = (p: number): number => {
  const bounded = Math.min(1 - CERTAIN, Math.max(CERTAIN, p))
  return Math.log(bounded / (1 - bounded))
}

/**
 * Several classifiers of two classes as one: a logistic regression over the log odds each of them gave before it learned the
 * example (Wolpert 1992, "Stacked generalization", one example at a time). State: [arrays of each member], then the members'
 * states one after the other, then the regression's.
 */
export const blend = (members: readonly Learner[]): Learner => {
  const features: Features = members.map(({ name }, n) => ({ name: `${name}${n}`, kind: 'number' }))
  const top = logistic({ features, step: { kind: 'ftrl', alpha: 0.5, beta: 1 } })
  const odds = new Float64Array(members.length)
  /** Calls `visit` with each member's own state, and keeps the arrays it replaced. */
  const withStates = (
    state: LearnerState,
    visit: (member: Learner, own: LearnerState, n: number) => void,
  ): LearnerState => {
    const lengths = arrayOf(state, 0)
    let at = 1
    for (const [n, member] of members.entries()) {
      const count = lengths[n] as number
      const own = state.slice(at, at + count)
      visit(member, own, n)
      for (let k = 0; k < count; k++) state[at + k] = own[k] as Float64Array
      at += count
    }
    return state.slice(at)
  }
  return {
    name: 'blend',
    zero() {
      const states = members.map((member) => member.zero())
      return [Float64Array.from(states, (own) => own.length), ...states.flat(), ...top.zero()]
    },
    learn(state, x, y, weight) {
      const own = withStates(state, (member, own, n) => {
        odds[n] = logit(member.predict(own, x))
        member.learn(own, x, y, weight)
      })
      top.learn(own, odds, y, weight)
    },
    predict(state, x) {
      const own = withStates(state, (member, own, n) => void (odds[n] = logit(member.predict(own, x))))
      return top.predict(own, odds)
    },
  }
}
