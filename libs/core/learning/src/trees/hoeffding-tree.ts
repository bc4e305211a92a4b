import type { Cells, ClassLearner, Features } from '../learner.ts'
import { arrayOf, type LearnerState } from '../state.ts'
import { createObservers, type Observers, type Split } from './observers.ts'
import { BAYES_RIGHT, MAJORITY_RIGHT, NODES, TRIED_AT, TreeLayout, WEIGHTS } from './tree-layout.ts'

export interface TreeOptions {
  readonly features: Features
  /** Labels are 0 … classes − 1. */
  readonly classes?: number
  /** Weight a leaf takes in between two attempts to split. */
  readonly grace?: number
  /** Chance that a split is not the best one. */
  readonly delta?: number
  /** Two splits whose gains differ by less than this are equally good, bits. */
  readonly tie?: number
  /** Features a leaf looks at, drawn for each leaf; all when null. */
  readonly subspace?: number | null
  /** Leaves split no more when the tree has so many nodes. */
  readonly mostNodes?: number
  readonly seed?: number
}

/**
 * A decision tree that grows as examples pass: Domingos and Hulten 2000, "Mining high-speed data streams" (VFDT). A leaf splits
 * once the best split is better than the second by the Hoeffding bound; a leaf answers by majority or by naive Bayes, whichever
 * was right more often in it (Holmes, Kirkby and Pfahringer 2005).
 */
export class HoeffdingTree implements ClassLearner {
  readonly name = 'hoeffdingTree'
  readonly classes: number
  readonly #options: Required<Omit<TreeOptions, 'features' | 'classes' | 'subspace' | 'seed'>>
  readonly #observers: Observers
  readonly #layout: TreeLayout
  readonly #votes: Float64Array

  constructor(options: TreeOptions) {
    const {
      features,
      classes = 2,
      grace = 200,
      delta = 1e-7,
      tie = 0.05,
      mostNodes = 2_000,
      seed = 1,
    } = options
    this.classes = classes
    this.#options = { grace, delta, tie, mostNodes }
    this.#observers = createObservers(features, classes)
    const looks = Math.min(options.subspace ?? features.length, features.length)
    this.#layout = new TreeLayout(features, classes, looks, this.#observers, seed)
    this.#votes = new Float64Array(classes)
  }

  zero(): LearnerState {
    return this.#layout.zero()
  }

  learn(state: LearnerState, x: Cells, y: number, weight: number): void {
    this.learnAt(state, 0, x, y, weight)
  }

  /** Learns into the tree whose arrays begin at `at`. */
  learnAt(state: LearnerState, at: number, x: Cells, y: number, weight: number): void {
    const nodes = arrayOf(state, at + 1)
    const leaf = this.#layout.leafOf(nodes, x)
    this.#judge(state, at, leaf, x, y, weight)
    nodes[leaf + WEIGHTS + y] = (nodes[leaf + WEIGHTS + y] as number) + weight
    const array = arrayOf(state, at + 2)
    let look = this.#layout.blockOf(nodes, leaf)
    for (let n = 0; n < this.#layout.looks; n++, look += this.#layout.lookSize)
      this.#observers.add(array, look + 1, array[look] as number, x, y, weight)
    let seen = 0
    for (let label = 0; label < this.classes; label++) seen += nodes[leaf + WEIGHTS + label] as number
    if (seen - (nodes[leaf + TRIED_AT] as number) < this.#options.grace) return
    nodes[leaf + TRIED_AT] = seen
    if ((arrayOf(state, at)[NODES] as number) < this.#options.mostNodes) this.#trySplit(state, at, leaf, seen)
  }

  predict(state: LearnerState, x: Cells): number {
    return this.probabilities(state, x)[1] as number
  }

  probabilities(state: LearnerState, x: Cells): Float64Array {
    const into = new Float64Array(this.classes)
    this.voteAt(state, 0, x, into)
    return into
  }

  /** The probabilities of the classes by the tree whose arrays begin at `at`. */
  voteAt(state: LearnerState, at: number, x: Cells, into: Float64Array): void {
    const nodes = arrayOf(state, at + 1)
    const leaf = this.#layout.leafOf(nodes, x)
    const known = this.#majority(nodes, leaf)
    if (known && (nodes[leaf + BAYES_RIGHT] as number) > (nodes[leaf + MAJORITY_RIGHT] as number))
      this.#bayes(state, at, leaf, x)
    into.set(this.#votes)
  }

  /** Counts which of the two ways to answer would have been right. */
  #judge(state: LearnerState, at: number, leaf: number, x: Cells, y: number, weight: number): void {
    const nodes = arrayOf(state, at + 1)
    if (!this.#majority(nodes, leaf)) return
    if (this.#isRight(y)) nodes[leaf + MAJORITY_RIGHT] = (nodes[leaf + MAJORITY_RIGHT] as number) + weight
    this.#bayes(state, at, leaf, x)
    if (this.#isRight(y)) nodes[leaf + BAYES_RIGHT] = (nodes[leaf + BAYES_RIGHT] as number) + weight
  }

  #isRight(y: number): boolean {
    return this.#votes.every((vote, label) => label === y || vote < (this.#votes[y] as number))
  }

  /** Fills the votes with each class's share of the leaf; false when it is empty. */
  #majority(nodes: Float64Array, leaf: number): boolean {
    const votes = this.#votes
    let all = 0
    for (let label = 0; label < this.classes; label++)
      all += votes[label] = nodes[leaf + WEIGHTS + label] as number
    for (let label = 0; label < this.classes; label++)
      votes[label] = all === 0 ? 1 / this.classes : (votes[label] as number) / all
    return all > 0
  }

  #bayes(state: LearnerState, at: number, leaf: number, x: Cells): void {
    const votes = this.#votes
    const array = arrayOf(state, at + 2)
    const nodes = arrayOf(state, at + 1)
    let [most, sum] = [-Infinity, 0]
    for (let label = 0; label < this.classes; label++) {
      const total = nodes[leaf + WEIGHTS + label] as number
      let log = total === 0 ? -Infinity : Math.log(total)
      let look = this.#layout.blockOf(nodes, leaf)
      for (let n = 0; n < this.#layout.looks && log > -Infinity; n++, look += this.#layout.lookSize)
        log += this.#observers.logLikelihood(array, look + 1, array[look] as number, x, label, total)
      votes[label] = log
      most = Math.max(most, log)
    }
    for (let label = 0; label < this.classes; label++)
      sum += votes[label] = Math.exp((votes[label] as number) - most)
    for (let label = 0; label < this.classes; label++) votes[label] = (votes[label] as number) / sum
  }

  #trySplit(state: LearnerState, at: number, leaf: number, seen: number): void {
    const nodes = arrayOf(state, at + 1)
    const array = arrayOf(state, at + 2)
    const totals = nodes.slice(leaf + WEIGHTS, leaf + WEIGHTS + this.classes)
    let best: (Split & { readonly feature: number }) | null = null
    let second = 0
    let look = this.#layout.blockOf(nodes, leaf)
    for (let n = 0; n < this.#layout.looks; n++, look += this.#layout.lookSize) {
      const feature = array[look] as number
      const split = this.#observers.best(array, look + 1, feature, totals)
      if (split === null) continue
      const isBetter = split.gain > (best?.gain ?? -Infinity)
      second = Math.max(second, isBetter ? (best?.gain ?? 0) : split.gain)
      if (isBetter) best = { ...split, feature }
    }
    if (best === null || best.gain <= 0) return
    const range = Math.log2(this.classes)
    const bound = Math.sqrt((range * range * Math.log(1 / this.#options.delta)) / (2 * seen))
    if (best.gain - second <= bound && bound >= this.#options.tie) return
    const { left } = best
    const right = totals.map((weight, label) => Math.max(0, weight - (left[label] as number)))
    this.#layout.split(state, at, leaf, best, { left, right })
  }
}

export const hoeffdingTree = (options: TreeOptions): HoeffdingTree => new HoeffdingTree(options)
