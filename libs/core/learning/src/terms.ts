import type { Cells, Features } from './learner.ts'
import { mix } from './random.ts'

/**
 * An example as a linear model sees it: the terms that are not zero, by place and value. Place 0 is the intercept; then each
 * number's standard score, then an indicator of each missing number, then 2^bits places that categories are hashed into
 * (Weinberger et al. 2009, "Feature hashing for large scale multitask learning"): in effect one-hot, without a dictionary.
 */
export interface Terms {
  /** Number of places. */
  readonly size: number
  readonly places: Int32Array
  readonly values: Float64Array
  /** Fills `places` and `values` from an example and its standard scores; answers how many terms there are. */
  fill(x: Cells, scores: Float64Array): number
}

export interface TermOptions {
  /** Categories share 2^bits places. */
  readonly bits: number
  /** Also a term for each pair of category columns. */
  readonly pairs: boolean
}

export const createTerms = (features: Features, { bits, pairs }: TermOptions): Terms => {
  const numbers = Int32Array.from(features.flatMap(({ kind }, n) => (kind === 'number' ? [n] : [])))
  const categories = Int32Array.from(features.flatMap(({ kind }, n) => (kind === 'category' ? [n] : [])))
  const known = 1
  const missing = known + numbers.length
  const hashed = missing + numbers.length
  const buckets = categories.length === 0 ? 0 : 2 ** bits
  const most = 1 + 2 * numbers.length + categories.length * (pairs ? (categories.length + 1) / 2 : 1)
  const places = new Int32Array(most)
  const values = new Float64Array(most).fill(1)
  const codes = new Int32Array(categories.length)
  const place = (code: number): number => hashed + ((code >>> 0) & (buckets - 1))
  return {
    size: hashed + buckets,
    places,
    values,
    fill(x, scores) {
      let n = 1 // places[0] is the intercept for ever
      for (let k = 0; k < numbers.length; k++) {
        const value = x[numbers[k] as number] as number
        if (value === value) {
          places[n] = known + k
          values[n++] = scores[k] as number
        } else {
          places[n] = missing + k
          values[n++] = 1
        }
      }
      for (let k = 0; k < categories.length; k++) {
        const code = x[categories[k] as number] as number
        codes[k] = mix(categories[k] as number, code === code ? code : -1)
        places[n] = place(codes[k] as number)
        values[n++] = 1
        if (!pairs) continue
        for (let other = 0; other < k; other++) {
          places[n] = place(mix(codes[other] as number, codes[k] as number))
          values[n++] = 1
        }
      }
      return n
    },
  }
}
