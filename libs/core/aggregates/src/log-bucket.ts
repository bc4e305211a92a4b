import type { Exact } from '@tidewater/base'
import type { SqlDialect } from '@tidewater/expr'
import { INT } from './column.ts'

/**
 * Integers in buckets whose width grows with them: of |x| the highest 8 bits are kept, so integers below 256 are told apart and
 * greater ones lie at most 1/256 of their size from the middle of their bucket. No logarithm of a double decides, so every
 * engine finds the same bucket. The index grows with the integer: 0 is 0, and −x has the index of x with its sign changed.
 */
const BITS = 8
const HALF = 2 ** (BITS - 1)
const WHOLE = 2 ** BITS

/** Beyond every index: an integer of at most 27 digits has 90 bits. */
export const MOST_INDEX = 2 ** 14

export const bucketOf = (x: Exact): number => {
  if (typeof x === 'bigint') return x < 0n ? -bigIndex(-x) : bigIndex(x)
  return x < 0 ? -index(-x) : index(x)
}

const index = (size: number): number => {
  if (size < WHOLE) return size
  if (size < 2 ** 31) {
    const dropped = 32 - BITS - Math.clz32(size)
    return dropped * HALF + (size >>> dropped)
  }
  const high = Math.floor(size / 2 ** 24)
  const dropped = 32 - BITS - Math.clz32(high)
  return (dropped + 24) * HALF + (high >>> dropped)
}

const bigIndex = (size: bigint): number => {
  const dropped = size.toString(2).length - BITS
  return dropped <= 0 ? Number(size) : dropped * HALF + Number(size >> BigInt(dropped))
}

/** The middle of a bucket. */
export const middleOf = (bucket: number): Exact => {
  const i = Math.abs(bucket)
  if (i < WHOLE) return bucket
  const dropped = Math.floor(i / HALF) - 1
  const odd = Math.sign(bucket) * (2 * (i - dropped * HALF) + 1)
  return dropped + BITS > 53 ? BigInt(odd) << BigInt(dropped - 1) : odd * 2 ** (dropped - 1)
}

/** The bucket of an integer that is there. */
export const bucketSql = (x: string, dialect: SqlDialect): string => {
  const bucket = dialect.bind(`abs(${x})`, (m) =>
    dialect.bind(
      `greatest(${dialect.bitLength(m)} - ${BITS}, 0)`,
      (dropped) => `(${dropped} * ${HALF} + ${dialect.shiftRight(m, dropped)})`,
    ),
  )
  return `CAST(CASE WHEN ${x} < 0 THEN -1 ELSE 1 END * ${bucket} AS ${dialect.cellType(INT)})`
}

/** The middle of a bucket, in 128 bits. */
export const middleSql = (bucket: string, dialect: SqlDialect): string =>
  dialect.bind(bucket, (b) => {
    const size = dialect.bind(`abs(${b})`, (i) =>
      dialect.bind(`(${dialect.integerDivide(i, String(HALF))} - 1)`, (dropped) => {
        const odd = dialect.wide(`(2 * (${i} - ${dropped} * ${HALF}) + 1)`)
        return `CASE WHEN ${i} < ${WHOLE} THEN ${dialect.wide(i)} ELSE ${dialect.shiftLeft(odd, `greatest(${dropped} - 1, 0)`)} END`
      }),
    )
    return `(CASE WHEN ${b} < 0 THEN -1 ELSE 1 END * ${size})`
  })
