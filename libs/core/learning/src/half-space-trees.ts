import type { Cells, Learner } from './learner.ts'
import { chance } from './random.ts'
import { arrayOf } from './state.ts'

export interface HalfSpaceOptions {
  /** Least and greatest value of each column, the space that is halved. */
  readonly ranges: readonly (readonly [number, number])[]
  readonly trees?: number
  readonly depth?: number
  /** Examples between two changes of the reference mass. */
  readonly window?: number
  readonly seed?: number
}

// State: [seen in the window], reference masses, masses of the window: a mass for each node of each tree.
const HEAD = 0
const REFERENCE = 1
const LATEST = 2
/** A node with less mass than this share of a window ends the walk. */
const LEAST_SHARE = 0.1

/**
 * Finds anomalies without labels: Tan, Ting and Liu 2011, "Fast anomaly detection for streaming data". Each tree halves the
 * space at drawn columns; an example in a half that few others fell into scores high. `predict` answers a score in [0, 1], 1 the
 * most unusual; `y` is not looked at. A missing number goes right.
 */
export const halfSpaceTrees = (options: HalfSpaceOptions): Learner => {
  const { ranges, trees = 25, depth = 8, window = 250, seed = 1 } = options
  const nodes = 2 ** (depth + 1) - 1
  const columns = new Int32Array(trees * nodes)
  const middles = new Float64Array(trees * nodes)
  for (let tree = 0; tree < trees; tree++) halve(tree)

  function halve(tree: number): void {
    // a work space around the range, so that its middle does not always fall on the data's (as in the paper)
    const spaces = ranges.map(([least, greatest], column) => {
      const cut = chance(seed + tree, column)
      const reach = 2 * Math.max(cut, 1 - cut)
      const at = least + cut * (greatest - least)
      return [at - reach * (greatest - least), at + reach * (greatest - least)] as const
    })
    const part = (node: number, level: number, space: readonly (readonly [number, number])[]): void => {
      const at = tree * nodes + node
      const column = Math.floor(chance(seed + 31 * tree, node) * ranges.length)
      const [from, to] = space[column] as readonly [number, number]
      const middle = (from + to) / 2
      columns[at] = column
      middles[at] = middle
      if (level === depth) return
      part(2 * node + 1, level + 1, space.with(column, [from, middle]))
      part(2 * node + 2, level + 1, space.with(column, [middle, to]))
    }
    part(0, 0, spaces)
  }

  const next = (tree: number, node: number, x: Cells): number => {
    const at = tree * nodes + node
    return (x[columns[at] as number] as number) < (middles[at] as number) ? 2 * node + 1 : 2 * node + 2
  }

  return {
    name: 'halfSpaceTrees',
    zero: () => [new Float64Array(1), new Float64Array(trees * nodes), new Float64Array(trees * nodes)],
    learn(state, x, _y, weight) {
      const [head, latest] = [arrayOf(state, HEAD), arrayOf(state, LATEST)]
      for (let tree = 0; tree < trees; tree++)
        for (let node = 0, level = 0; level <= depth; node = next(tree, node, x), level++)
          latest[tree * nodes + node] = (latest[tree * nodes + node] as number) + weight
      head[0] = (head[0] as number) + 1
      if (head[0] < window) return
      arrayOf(state, REFERENCE).set(latest)
      latest.fill(0)
      head[0] = 0
    },
    predict(state, x) {
      const reference = arrayOf(state, REFERENCE)
      let sum = 0
      for (let tree = 0; tree < trees; tree++) {
        let [node, level] = [0, 0]
        while (level < depth && (reference[tree * nodes + node] as number) > LEAST_SHARE * window) {
          node = next(tree, node, x)
          level++
        }
        sum += (reference[tree * nodes + node] as number) * 2 ** level
      }
      const most = trees * window * 2 ** depth
      return 1 - Math.min(1, sum / most)
    },
  }
}
