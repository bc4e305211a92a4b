import type { Cells, ClassLearner, Features } from '../learner.ts'
import { mix } from '../random.ts'
import { arrayOf, grown, type LearnerState } from '../state.ts'
import { bucketOf, createObservers, type Split } from './observers.ts'

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

/** A tree in three arrays of a state that may hold more: [counts], nodes, observers. */
export interface HoeffdingTree extends ClassLearner {
  /** Learns into, and answers from, the three arrays at `at`. */
  learnAt(state: LearnerState, at: number, x: Cells, y: number, weight: number): void
  voteAt(state: LearnerState, at: number, x: Cells, votes: Float64Array): void
}

/** Arrays that a tree takes in a state. */
export const TREE_ARRAYS = 3

const NODES = 0
const BLOCKS = 1
const FREE = 2
const DRAWN = 3

// One node: where it parts, or what it knows.
const FEATURE = 0
const THRESHOLD = 1
const LEFT = 2
const RIGHT = 3
const BLOCK = 4
const TRIED_AT = 5
const MAJORITY_RIGHT = 6
const BAYES_RIGHT = 7
const WEIGHTS = 8
const LEAF = -1

/**
 * A decision tree that grows as examples pass: Domingos and Hulten 2000, "Mining high-speed data streams" (VFDT). A leaf splits
 * once the best split is better than the second by the Hoeffding bound; a leaf answers by majority or by naive Bayes, whichever
 * was right more often in it (Holmes, Kirkby and Pfahringer 2005).
 */
export const hoeffdingTree = (options: TreeOptions): HoeffdingTree => {
  const {
    features,
    classes = 2,
    grace = 200,
    delta = 1e-7,
    tie = 0.05,
    mostNodes = 2_000,
    seed = 1,
  } = options
  const looks = Math.min(options.subspace ?? features.length, features.length)
  const observers = createObservers(features, classes)
  const isNumber = Uint8Array.from(features, ({ kind }) => (kind === 'number' ? 1 : 0))
  const nodeSize = WEIGHTS + classes
  /** Of each feature a leaf looks at: which it is, then its observer. */
  const lookSize = 1 + observers.size
  const blockSize = looks * lookSize
  const votes = new Float64Array(classes)
  const totals = new Float64Array(classes)

  const leafOf = (nodes: Float64Array, x: Cells): number => {
    let node = 0
    for (;;) {
      const feature = nodes[node + FEATURE] as number
      if (feature === LEAF) return node
      const cell = x[feature] as number
      const threshold = nodes[node + THRESHOLD] as number
      const left = isNumber[feature] === 1 ? cell <= threshold : bucketOf(cell) === threshold
      node = nodes[node + (left ? LEFT : RIGHT)] as number
    }
  }

  /** A leaf with a block of observers of freshly drawn features; answers where it stands. */
  const addLeaf = (state: LearnerState, at: number, weights: Float64Array | null): number => {
    const counts = arrayOf(state, at)
    const node = (counts[NODES] as number) * nodeSize
    counts[NODES] = (counts[NODES] as number) + 1
    state[at + 1] = grown(arrayOf(state, at + 1), node + nodeSize)
    const nodes = arrayOf(state, at + 1)
    const block = takeBlock(state, at)
    nodes.fill(0, node, node + nodeSize)
    nodes[node + FEATURE] = LEAF
    nodes[node + BLOCK] = block
    if (weights !== null) nodes.set(weights, node + WEIGHTS)
    nodes[node + TRIED_AT] = weights === null ? 0 : weights.reduce((sum, weight) => sum + weight, 0)
    return node
  }

  const takeBlock = (state: LearnerState, at: number): number => {
    const counts = arrayOf(state, at)
    let block = (counts[FREE] as number) - 1
    if (block >= 0) counts[FREE] = arrayOf(state, at + 2)[block * blockSize] as number
    else {
      block = counts[BLOCKS] as number
      counts[BLOCKS] = block + 1
      state[at + 2] = grown(arrayOf(state, at + 2), (block + 1) * blockSize)
    }
    const array = arrayOf(state, at + 2)
    const order = Array.from(features.keys())
    for (let n = 0; n < looks; n++) {
      const drawn = (counts[DRAWN] = (counts[DRAWN] as number) + 1)
      const other = n + (looks === order.length ? 0 : mix(seed, drawn) % (order.length - n))
      const feature = order[other] as number
      order[other] = order[n] as number
      const look = block * blockSize + n * lookSize
      array[look] = feature
      observers.reset(array, look + 1, feature)
    }
    return block
  }

  const freeBlock = (state: LearnerState, at: number, block: number): void => {
    const counts = arrayOf(state, at)
    arrayOf(state, at + 2)[block * blockSize] = counts[FREE] as number
    counts[FREE] = block + 1
  }

  const bayes = (state: LearnerState, at: number, node: number, x: Cells): void => {
    const nodes = arrayOf(state, at + 1)
    const array = arrayOf(state, at + 2)
    const block = (nodes[node + BLOCK] as number) * blockSize
    let [most, sum, all] = [-Infinity, 0, 0]
    for (let label = 0; label < classes; label++) all += nodes[node + WEIGHTS + label] as number
    for (let label = 0; label < classes; label++) {
      const total = nodes[node + WEIGHTS + label] as number
      let log = total === 0 ? -Infinity : Math.log(total / all)
      for (let n = 0; n < looks && log > -Infinity; n++) {
        const look = block + n * lookSize
        log += observers.logLikelihood(array, look + 1, array[look] as number, x, label, total)
      }
      votes[label] = log
      if (log > most) most = log
    }
    for (let label = 0; label < classes; label++)
      sum += votes[label] = Math.exp((votes[label] as number) - most)
    for (let label = 0; label < classes; label++) votes[label] = (votes[label] as number) / sum
  }

  const majority = (nodes: Float64Array, node: number): boolean => {
    let all = 0
    for (let label = 0; label < classes; label++)
      all += votes[label] = nodes[node + WEIGHTS + label] as number
    for (let label = 0; label < classes; label++)
      votes[label] = all === 0 ? 1 / classes : (votes[label] as number) / all
    return all > 0
  }

  const trySplit = (state: LearnerState, at: number, node: number): void => {
    const nodes = arrayOf(state, at + 1)
    const array = arrayOf(state, at + 2)
    const block = (nodes[node + BLOCK] as number) * blockSize
    for (let label = 0; label < classes; label++) totals[label] = nodes[node + WEIGHTS + label] as number
    let best: Split | null = null
    let [bestFeature, second] = [LEAF, 0]
    for (let n = 0; n < looks; n++) {
      const look = block + n * lookSize
      const feature = array[look] as number
      const split = observers.best(array, look + 1, feature, totals)
      if (split === null) continue
      if (best === null || split.gain > best.gain) {
        second = Math.max(second, best?.gain ?? 0)
        best = split
        bestFeature = feature
      } else second = Math.max(second, split.gain)
    }
    if (best === null || best.gain <= 0) return
    const seen = totals.reduce((sum, weight) => sum + weight, 0)
    const range = Math.log2(classes)
    const bound = Math.sqrt((range * range * Math.log(1 / delta)) / (2 * seen))
    if (best.gain - second <= bound && bound >= tie) return
    split(state, at, node, bestFeature, best)
  }

  const split = (
    state: LearnerState,
    at: number,
    node: number,
    feature: number,
    { threshold, left }: Split,
  ): void => {
    const right = totals.map((weight, label) => Math.max(0, weight - (left[label] as number)))
    freeBlock(state, at, arrayOf(state, at + 1)[node + BLOCK] as number)
    const [leftNode, rightNode] = [addLeaf(state, at, left), addLeaf(state, at, right)]
    const nodes = arrayOf(state, at + 1)
    nodes[node + FEATURE] = feature
    nodes[node + THRESHOLD] = threshold
    nodes[node + LEFT] = leftNode
    nodes[node + RIGHT] = rightNode
  }

  /** Fills `votes` from the leaf. */
  const vote = (state: LearnerState, at: number, node: number, x: Cells): void => {
    const nodes = arrayOf(state, at + 1)
    if (!majority(nodes, node)) return
    if ((nodes[node + BAYES_RIGHT] as number) > (nodes[node + MAJORITY_RIGHT] as number))
      bayes(state, at, node, x)
  }

  /** Whether the label has the most votes. */
  const isRight = (y: number): boolean => {
    for (let label = 0; label < classes; label++)
      if (label !== y && (votes[label] as number) >= (votes[y] as number)) return false
    return true
  }

  const tree: HoeffdingTree = {
    name: 'hoeffdingTree',
    classes,
    zero() {
      const state: LearnerState = [new Float64Array(4), new Float64Array(0), new Float64Array(0)]
      addLeaf(state, 0, null)
      return state
    },
    learnAt(state, at, x, y, weight) {
      const node = leafOf(arrayOf(state, at + 1), x)
      const nodes = arrayOf(state, at + 1)
      if (majority(nodes, node)) {
        if (isRight(y)) nodes[node + MAJORITY_RIGHT] = (nodes[node + MAJORITY_RIGHT] as number) + weight
        bayes(state, at, node, x)
        if (isRight(y)) nodes[node + BAYES_RIGHT] = (nodes[node + BAYES_RIGHT] as number) + weight
      }
      nodes[node + WEIGHTS + y] = (nodes[node + WEIGHTS + y] as number) + weight
      const array = arrayOf(state, at + 2)
      const block = (nodes[node + BLOCK] as number) * blockSize
      for (let n = 0; n < looks; n++) {
        const look = block + n * lookSize
        observers.add(array, look + 1, array[look] as number, x, y, weight)
      }
      let seen = 0
      for (let label = 0; label < classes; label++) seen += nodes[node + WEIGHTS + label] as number
      if (seen - (nodes[node + TRIED_AT] as number) < grace) return
      nodes[node + TRIED_AT] = seen
      if ((arrayOf(state, at)[NODES] as number) < mostNodes) trySplit(state, at, node)
    },
    voteAt(state, at, x, into) {
      vote(state, at, leafOf(arrayOf(state, at + 1), x), x)
      into.set(votes)
    },
    learn: (state, x, y, weight) => tree.learnAt(state, 0, x, y, weight),
    probabilities(state, x) {
      const into = new Float64Array(classes)
      tree.voteAt(state, 0, x, into)
      return into
    },
    predict: (state, x) => tree.probabilities(state, x)[1] as number,
  }
  return tree
}
