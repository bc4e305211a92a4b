import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MOST_INDEX, bucketOf, middleOf } from './log-bucket.ts'

const LIMIT = 10n ** 27n - 1n
const integer = fc.oneof(
  fc.bigInt({ min: -LIMIT, max: LIMIT }),
  fc.bigInt({ min: -1000n, max: 1000n }),
  // Around powers of two, where a logarithm of doubles would be one off.
  fc
    .tuple(fc.integer({ min: 0, max: 88 }), fc.integer({ min: -2, max: 2 }), fc.boolean())
    .map(([bits, off, negative]) => ((1n << BigInt(bits)) + BigInt(off)) * (negative ? -1n : 1n)),
)
const exact = (x: bigint): number | bigint => (Number.isSafeInteger(Number(x)) ? Number(x) : x)
const magnitude = (x: bigint): bigint => (x < 0n ? -x : x)

it('an integer is at most 1/256 of its size from the middle of its bucket, and below 256 it is the middle', () => {
  fc.assert(
    fc.property(integer, (x) => {
      const middle = BigInt(middleOf(bucketOf(exact(x))))
      expect(magnitude(middle - x) * 256n <= magnitude(x)).toBe(true)
      if (magnitude(x) < 256n) expect(middle).toBe(x)
    }),
    { numRuns: 2_000 },
  )
})
it('a greater integer is never in a lesser bucket, and a bucket holds its middle', () => {
  fc.assert(
    fc.property(integer, integer, (x, y) => {
      const [low, high] = x < y ? [x, y] : [y, x]
      expect(bucketOf(exact(low))).toBeLessThanOrEqual(bucketOf(exact(high)))
      expect(bucketOf(middleOf(bucketOf(exact(x))))).toBe(bucketOf(exact(x)))
    }),
    { numRuns: 2_000 },
  )
})
it('numbers and bigints of one size have one bucket', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (x) => {
      expect(bucketOf(x)).toBe(bucketOf(BigInt(x)))
    }),
  )
})
it('the widest values have an index below the limit', () => {
  expect([bucketOf(LIMIT), bucketOf(-LIMIT)].every((bucket) => Math.abs(bucket) < MOST_INDEX)).toBe(true)
})
