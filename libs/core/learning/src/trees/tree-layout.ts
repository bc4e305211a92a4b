import type { Cells, Features } from '../learner.ts'
import { mix } from '../random.ts'
import { arrayOf, grown, type LearnerState } from '../state.ts'
import { bucketOf, type Observers } from './observers.ts'

/** Arrays that a tree takes in a state: [counts], nodes, observers. */
export const TREE_ARRAYS = 3

// The counts.
export const NODES = 0
const BLOCKS = 1
const FREE = 2
export const DRAWN = 3

// One node: where it parts, or what it knows.
const FEATURE = 0
const THRESHOLD = 1
const LEFT = 2
const RIGHT = 3
export const BLOCK = 4
export const TRIED_AT = 5
export const MAJORITY_RIGHT = 6
export const BAYES_RIGHT = 7
export const WEIGHTS = 8
const LEAF = -1

/** How a tree lies in its three arrays, and how it grows there. Nodes and blocks are named by where they begin. */
export class TreeLayout {
  /** Features a leaf looks at. */
  readonly looks: number
  /** Of each of them: which it is, then its observer. */
  readonly lookSize: number
  readonly #nodeSize: number
  readonly #blockSize: number
  readonly #features: Features
  readonly #isNumber: Uint8Array
  readonly #observers: Observers
  readonly #seed: number

  constructor(features: Features, classes: number, looks: number, observers: Observers, seed: number) {
    this.looks = looks
    this.lookSize = 1 + observers.size
    this.#nodeSize = WEIGHTS + classes
    this.#blockSize = looks * this.lookSize
    this.#features = features
    this.#isNumber = Uint8Array.from(features, ({ kind }) => (kind === 'number' ? 1 : 0))
    this.#observers = observers
    this.#seed = seed
  }

  /** A tree of one empty leaf. */
  zero(): LearnerState {
    const state: LearnerState = [new Float64Array(4), new Float64Array(0), new Float64Array(0)]
    this.#addLeaf(state, 0, null)
    return state
  }

  /** The leaf an example falls into. */
  leafOf(nodes: Float64Array, x: Cells): number {
    let node = 0
    for (;;) {
      const feature = nodes[node + FEATURE] as number
      if (feature === LEAF) return node
      const cell = x[feature] as number
      const threshold = nodes[node + THRESHOLD] as number
      const left = this.#isNumber[feature] === 1 ? cell <= threshold : bucketOf(cell) === threshold
      node = nodes[node + (left ? LEFT : RIGHT)] as number
    }
  }

  /** Where the leaf's first look begins among the observers; the others follow, `lookSize` apart. */
  blockOf(nodes: Float64Array, leaf: number): number {
    return (nodes[leaf + BLOCK] as number) * this.#blockSize
  }

  /** The leaf becomes a parting with two leaves of these class weights. */
  split(
    state: LearnerState,
    at: number,
    leaf: number,
    by: { readonly feature: number; readonly threshold: number },
    weights: { readonly left: Float64Array; readonly right: Float64Array },
  ): void {
    this.#freeBlock(state, at, arrayOf(state, at + 1)[leaf + BLOCK] as number)
    const [left, right] = [this.#addLeaf(state, at, weights.left), this.#addLeaf(state, at, weights.right)]
    const nodes = arrayOf(state, at + 1)
    nodes[leaf + FEATURE] = by.feature
    nodes[leaf + THRESHOLD] = by.threshold
    nodes[leaf + LEFT] = left
    nodes[leaf + RIGHT] = right
  }

  #addLeaf(state: LearnerState, at: number, weights: Float64Array | null): number {
    const counts = arrayOf(state, at)
    const node = (counts[NODES] as number) * this.#nodeSize
    counts[NODES] = (counts[NODES] as number) + 1
    state[at + 1] = grown(arrayOf(state, at + 1), node + this.#nodeSize)
    const block = this.#takeBlock(state, at)
    const nodes = arrayOf(state, at + 1)
    nodes.fill(0, node, node + this.#nodeSize)
    nodes[node + FEATURE] = LEAF
    nodes[node + BLOCK] = block
    if (weights !== null) nodes.set(weights, node + WEIGHTS)
    nodes[node + TRIED_AT] = weights === null ? 0 : weights.reduce((sum, weight) => sum + weight, 0)
    return node
  }

  /** A free block of observers, of features drawn afresh. */
  #takeBlock(state: LearnerState, at: number): number {
    const counts = arrayOf(state, at)
    let block = (counts[FREE] as number) - 1
    if (block >= 0) counts[FREE] = arrayOf(state, at + 2)[block * this.#blockSize] as number
    else {
      block = counts[BLOCKS] as number
      counts[BLOCKS] = block + 1
      state[at + 2] = grown(arrayOf(state, at + 2), (block + 1) * this.#blockSize)
    }
    const array = arrayOf(state, at + 2)
    const order = Array.from(this.#features.keys())
    for (let n = 0; n < this.looks; n++) {
      const drawn = (counts[DRAWN] = (counts[DRAWN] as number) + 1)
      const other = n + (this.looks === order.length ? 0 : mix(this.#seed, drawn) % (order.length - n))
      const feature = order[other] as number
      order[other] = order[n] as number
      const look = block * this.#blockSize + n * this.lookSize
      array[look] = feature
      this.#observers.reset(array, look + 1, feature)
    }
    return block
  }

  /** Free blocks are a list through their first numbers. */
  #freeBlock(state: LearnerState, at: number, block: number): void {
    const counts = arrayOf(state, at)
    arrayOf(state, at + 2)[block * this.#blockSize] = counts[FREE] as number
    counts[FREE] = block + 1
  }
}
