import { emptyCodes, rowOf, takeRow } from './code-table.ts'
import type { Learner } from './learner.ts'
import { chance } from './random.ts'
import { arrayOf, grown, type LearnerState } from './state.ts'

export interface FactorOptions {
  /** Length of the vector of a user and of an item. */
  readonly rank?: number
  readonly rate?: number
  readonly l2?: number
  /** Ratings a bias needs before half of it is believed. */
  readonly believed?: number
  /** What a user's mood keeps of itself from one rating to the next. */
  readonly mood?: number
  /** Smallest and greatest value there is; predictions stay between. */
  readonly range?: readonly [number, number]
  readonly seed?: number
}

// Arrays of the state: [ratings, sum], the users' rows, the items' rows, users, items.
const HEAD = 0
const USER_CODES = 1
const ITEM_CODES = 2
const USERS = 3
const ITEMS = 4

// A user: sum and weight of the lasting bias, sum and weight of the mood, then its vector. An item: sum and weight, then its vector.
const USER_HEAD = 4
const ITEM_HEAD = 2

/**
 * Ratings as mean + the user's bias + the user's mood + the item's bias + user vector · item vector, one rating at a time: Koren,
 * Bell and Volinsky 2009, "Matrix factorization techniques for recommender systems"; the mood is the bias that drifts of Koren
 * 2010, "Collaborative filtering with temporal dynamics". Biases are shrunken means of what is left to explain, vectors follow
 * the gradient. An example is [user code, item code]; state grows with users and items.
 */
export const factors = (options: FactorOptions = {}): Learner => {
  const {
    rank = 16,
    rate = 0.1,
    l2 = 0.02,
    believed = 4,
    mood = 0.85,
    range = [-Infinity, Infinity],
    seed = 1,
  } = options
  const [userSize, itemSize] = [USER_HEAD + rank, ITEM_HEAD + rank]

  const rowIn = (state: LearnerState, codes: number, rows: number, size: number, code: number): number => {
    const used = arrayOf(state, codes)[0] as number
    const row = takeRow(state, codes, code)
    if (row < used) return row * size
    state[rows] = grown(arrayOf(state, rows), (row + 1) * size)
    const array = arrayOf(state, rows)
    for (let k = size - rank; k < size; k++)
      array[row * size + k] = (chance(seed + rows, row * rank + k) - 0.5) / Math.sqrt(rank)
    return row * size
  }
  const bias = (array: Float64Array, at: number): number =>
    (array[at] as number) / ((array[at + 1] as number) + believed)
  const dot = (users: Float64Array, u: number, items: Float64Array, i: number): number => {
    let sum = 0
    for (let k = 0; k < rank; k++)
      sum += (users[u + USER_HEAD + k] as number) * (items[i + ITEM_HEAD + k] as number)
    return sum
  }
  const mean = (head: Float64Array): number => (head[0] === 0 ? 0 : (head[1] as number) / (head[0] as number))

  return {
    name: 'factors',
    zero: () => [new Float64Array(2), emptyCodes(), emptyCodes(), new Float64Array(0), new Float64Array(0)],
    predict(state, x) {
      const [users, items] = [arrayOf(state, USERS), arrayOf(state, ITEMS)]
      const u = rowOf(arrayOf(state, USER_CODES), x[0] as number) * userSize
      const i = rowOf(arrayOf(state, ITEM_CODES), x[1] as number) * itemSize
      let value = mean(arrayOf(state, HEAD))
      if (u >= 0) value += bias(users, u) + bias(users, u + 2)
      if (i >= 0) value += bias(items, i)
      if (u >= 0 && i >= 0) value += dot(users, u, items, i)
      return Math.max(range[0], Math.min(range[1], value))
    },
    learn(state, x, y, weight) {
      const u = rowIn(state, USER_CODES, USERS, userSize, x[0] as number)
      const i = rowIn(state, ITEM_CODES, ITEMS, itemSize, x[1] as number)
      const [head, users, items] = [arrayOf(state, HEAD), arrayOf(state, USERS), arrayOf(state, ITEMS)]
      const before = head[0] === 0 ? y : mean(head)
      const off = y - before - bias(users, u) - bias(users, u + 2) - bias(items, i) - dot(users, u, items, i)
      head[0] = (head[0] as number) + weight
      head[1] = (head[1] as number) + weight * y
      addTo(users, u, weight, y - before - bias(items, i), 1)
      addTo(users, u + 2, weight, y - before - bias(items, i) - bias(users, u), mood)
      addTo(items, i, weight, y - before - bias(users, u) - bias(users, u + 2), 1)
      for (let k = 0; k < rank; k++) {
        const [a, b] = [users[u + USER_HEAD + k] as number, items[i + ITEM_HEAD + k] as number]
        users[u + USER_HEAD + k] = a + weight * rate * (off * b - l2 * a)
        items[i + ITEM_HEAD + k] = b + weight * rate * (off * a - l2 * b)
      }
    },
  }
}

const addTo = (array: Float64Array, at: number, weight: number, value: number, kept: number): void => {
  array[at] = (array[at] as number) * kept + weight * value
  array[at + 1] = (array[at + 1] as number) * kept + weight
}
