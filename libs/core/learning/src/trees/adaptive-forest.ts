import { adwin, adwinMean } from '../drift/adwin.ts'
import type { Cells, ClassLearner, Features } from '../learner.ts'
import { chance, poisson } from '../random.ts'
import { arrayOf, type LearnerState } from '../state.ts'
import { hoeffdingTree, TREE_ARRAYS } from './hoeffding-tree.ts'

export interface ForestOptions {
  readonly features: Features
  readonly classes?: number
  readonly trees?: number
  /** Mean times a tree sees an example. */
  readonly mean?: number
  readonly grace?: number
  readonly delta?: number
  readonly subspace?: number
  readonly warning?: number
  readonly drift?: number
  readonly seed?: number
}

// A member: [has background, seen], its tree, its background tree, the warning and the drift detector of its errors.
const HEAD = 0
const TREE = 1
const BACKGROUND = TREE + TREE_ARRAYS
const WARNING = BACKGROUND + TREE_ARRAYS
const DRIFT = WARNING + 1
const MEMBER = DRIFT + 1
const HAS_BACKGROUND = 0
const SEEN = 1
const STARTED = 2

/**
 * Hoeffding trees over resampled examples and drawn features, each with a detector that warns (a background tree begins) and
 * finds drift (the background tree takes over): Gomes et al. 2017, "Adaptive random forests for evolving data stream
 * classification". Trees vote with their probabilities, weighted by their recent accuracy.
 */
export const adaptiveForest = (options: ForestOptions): ClassLearner => {
  const { features, classes = 2, trees = 10, mean = 6, grace = 50, delta = 0.01, seed = 1 } = options
  const subspace = options.subspace ?? Math.max(1, Math.round(Math.sqrt(features.length)) + 1)
  const members = Array.from({ length: trees }, (_, n) =>
    hoeffdingTree({ features, classes, grace, delta, subspace, seed: seed * 1_000 + n }),
  )
  const warns = adwin(options.warning ?? 0.01)
  const drifts = adwin(options.drift ?? 0.001)
  const votes = new Float64Array(classes)

  const beginBackground = (state: LearnerState, at: number, n: number): void => {
    const fresh = (members[n] as (typeof members)[number]).zero()
    // other features than the tree it may replace has drawn
    const head = arrayOf(state, at + HEAD)
    const started = (head[STARTED] as number) + 1
    head[STARTED] = started
    ;(fresh[0] as Float64Array)[3] = started * 100_000
    for (let k = 0; k < TREE_ARRAYS; k++) state[at + BACKGROUND + k] = fresh[k] as Float64Array
    head[HAS_BACKGROUND] = 1
  }
  const replace = (state: LearnerState, at: number, n: number): void => {
    if ((arrayOf(state, at + HEAD)[HAS_BACKGROUND] as number) === 0) beginBackground(state, at, n)
    for (let k = 0; k < TREE_ARRAYS; k++) {
      state[at + TREE + k] = arrayOf(state, at + BACKGROUND + k)
      state[at + BACKGROUND + k] = new Float64Array(0)
    }
    arrayOf(state, at + HEAD)[HAS_BACKGROUND] = 0
    state[at + WARNING] = warns.zero()[0] as Float64Array
    state[at + DRIFT] = drifts.zero()[0] as Float64Array
  }
  const learnMember = (state: LearnerState, n: number, x: Cells, y: number, weight: number): void => {
    const at = n * MEMBER
    const head = arrayOf(state, at + HEAD)
    const tree = members[n] as (typeof members)[number]
    tree.voteAt(state, at + TREE, x, votes)
    const wrong = votes.every((vote, label) => label === y || vote < (votes[y] as number)) ? 0 : 1
    const seen = (head[SEEN] = (head[SEEN] as number) + 1)
    const times = poisson(mean, chance(seed * 7_919 + n, seen)) * weight
    if (times > 0) {
      tree.learnAt(state, at + TREE, x, y, times)
      if (head[HAS_BACKGROUND] === 1) tree.learnAt(state, at + BACKGROUND, x, y, times)
    }
    if (warns.observe(state, at + WARNING, wrong) === 'drift') beginBackground(state, at, n)
    if (drifts.observe(state, at + DRIFT, wrong) === 'drift') replace(state, at, n)
  }

  const forest: ClassLearner = {
    name: 'adaptiveForest',
    classes,
    zero: () =>
      members.flatMap((tree) => [
        new Float64Array(3),
        ...tree.zero(),
        ...Array.from({ length: TREE_ARRAYS }, () => new Float64Array(0)),
        ...warns.zero(),
        ...drifts.zero(),
      ]),
    learn(state, x, y, weight) {
      for (let n = 0; n < trees; n++) learnMember(state, n, x, y, weight)
    },
    probabilities(state, x) {
      const sum = new Float64Array(classes)
      let all = 0
      for (const [n, tree] of members.entries()) {
        const at = n * MEMBER
        tree.voteAt(state, at + TREE, x, votes)
        const accuracy = Math.max(0.001, 1 - adwinMean(arrayOf(state, at + DRIFT)))
        for (let label = 0; label < classes; label++)
          sum[label] = (sum[label] as number) + accuracy * (votes[label] as number)
        all += accuracy
      }
      return sum.map((vote) => vote / all)
    },
    predict: (state, x) => forest.probabilities(state, x)[1] as number,
  }
  return forest
}
