import { adwin, adwinMean } from '../drift/adwin.ts'
import type { Cells, ClassLearner, Features } from '../learner.ts'
import { chance, poisson } from '../random.ts'
import { arrayOf, type LearnerState } from '../state.ts'
import { HoeffdingTree } from './hoeffding-tree.ts'
import { DRAWN, TREE_ARRAYS } from './tree-layout.ts'

export interface ForestOptions {
  readonly features: Features
  readonly classes?: number
  readonly trees?: number
  /** Mean times a tree sees an example. */
  readonly mean?: number
  readonly grace?: number
  readonly delta?: number
  /** Features a leaf looks at; √(features) + 1 when not given. */
  readonly subspace?: number
  /** Chance of a false warning and of a false drift at a look. */
  readonly warning?: number
  readonly drift?: number
  readonly seed?: number
}

// A member: [has a background tree, examples seen, background trees begun], its tree, its background tree, the detectors of its errors.
const HEAD = 0
const TREE = 1
const BACKGROUND = TREE + TREE_ARRAYS
const WARNING = BACKGROUND + TREE_ARRAYS
const DRIFT = WARNING + 1
const MEMBER = DRIFT + 1
const HAS_BACKGROUND = 0
const SEEN = 1
const BEGUN = 2
/** A background tree draws other features than the tree it may replace: it begins so much further on in the row of chance. */
const DRAWS_APART = 100_000
/** A tree that is always wrong still has a voice so loud. */
const LEAST_VOICE = 0.001

/**
 * Hoeffding trees over resampled examples and drawn features, each with a detector that warns (a background tree begins) and
 * finds drift (the background tree takes over): Gomes et al. 2017, "Adaptive random forests for evolving data stream
 * classification". Trees vote with their probabilities, weighted by their recent accuracy.
 */
class AdaptiveForest implements ClassLearner {
  readonly name = 'adaptiveForest'
  readonly classes: number
  readonly #mean: number
  readonly #seed: number
  readonly #trees: readonly HoeffdingTree[]
  readonly #warns: ReturnType<typeof adwin>
  readonly #drifts: ReturnType<typeof adwin>
  readonly #votes: Float64Array

  constructor(options: ForestOptions) {
    const { features, classes = 2, trees = 10, mean = 6, grace = 50, delta = 0.01, seed = 1 } = options
    const subspace = options.subspace ?? Math.max(1, Math.round(Math.sqrt(features.length)) + 1)
    this.classes = classes
    this.#mean = mean
    this.#seed = seed
    this.#trees = Array.from(
      { length: trees },
      (_, n) => new HoeffdingTree({ features, classes, grace, delta, subspace, seed: seed * 1_000 + n }),
    )
    this.#warns = adwin(options.warning ?? 0.01)
    this.#drifts = adwin(options.drift ?? 0.001)
    this.#votes = new Float64Array(classes)
  }

  zero(): LearnerState {
    return this.#trees.flatMap((tree) => [
      new Float64Array(3),
      ...tree.zero(),
      ...Array.from({ length: TREE_ARRAYS }, () => new Float64Array(0)),
      ...this.#warns.zero(),
      ...this.#drifts.zero(),
    ])
  }

  learn(state: LearnerState, x: Cells, y: number, weight: number): void {
    for (const [n, tree] of this.#trees.entries()) this.#learnMember(state, n, tree, x, y, weight)
  }

  predict(state: LearnerState, x: Cells): number {
    return this.probabilities(state, x)[1] as number
  }

  probabilities(state: LearnerState, x: Cells): Float64Array {
    const sum = new Float64Array(this.classes)
    let all = 0
    for (const [n, tree] of this.#trees.entries()) {
      const at = n * MEMBER
      tree.voteAt(state, at + TREE, x, this.#votes)
      const voice = Math.max(LEAST_VOICE, 1 - adwinMean(arrayOf(state, at + DRIFT)))
      for (let label = 0; label < this.classes; label++)
        sum[label] = (sum[label] as number) + voice * (this.#votes[label] as number)
      all += voice
    }
    return sum.map((vote) => vote / all)
  }

  #learnMember(
    state: LearnerState,
    n: number,
    tree: HoeffdingTree,
    x: Cells,
    y: number,
    weight: number,
  ): void {
    const at = n * MEMBER
    const head = arrayOf(state, at + HEAD)
    const votes = this.#votes
    tree.voteAt(state, at + TREE, x, votes)
    const isRight = votes.every((vote, label) => label === y || vote < (votes[y] as number))
    const seen = (head[SEEN] = (head[SEEN] as number) + 1)
    const times = poisson(this.#mean, chance(this.#seed * 7_919 + n, seen)) * weight
    if (times > 0) {
      tree.learnAt(state, at + TREE, x, y, times)
      if (head[HAS_BACKGROUND] === 1) tree.learnAt(state, at + BACKGROUND, x, y, times)
    }
    const wrong = isRight ? 0 : 1
    if (this.#warns.observe(state, at + WARNING, wrong) === 'drift') this.#beginBackground(state, at, tree)
    if (this.#drifts.observe(state, at + DRIFT, wrong) === 'drift') this.#replace(state, at, tree)
  }

  #beginBackground(state: LearnerState, at: number, tree: HoeffdingTree): void {
    const head = arrayOf(state, at + HEAD)
    const begun = (head[BEGUN] = (head[BEGUN] as number) + 1)
    const fresh = tree.zero()
    arrayOf(fresh, 0)[DRAWN] = begun * DRAWS_APART
    for (let k = 0; k < TREE_ARRAYS; k++) state[at + BACKGROUND + k] = arrayOf(fresh, k)
    head[HAS_BACKGROUND] = 1
  }

  #replace(state: LearnerState, at: number, tree: HoeffdingTree): void {
    const head = arrayOf(state, at + HEAD)
    if (head[HAS_BACKGROUND] === 0) this.#beginBackground(state, at, tree)
    for (let k = 0; k < TREE_ARRAYS; k++) {
      state[at + TREE + k] = arrayOf(state, at + BACKGROUND + k)
      state[at + BACKGROUND + k] = new Float64Array(0)
    }
    head[HAS_BACKGROUND] = 0
    state[at + WARNING] = arrayOf(this.#warns.zero(), 0)
    state[at + DRIFT] = arrayOf(this.#drifts.zero(), 0)
  }
}

export const adaptiveForest = (options: ForestOptions): ClassLearner => new AdaptiveForest(options)
