/**
 * Exact numbers: a decimal is held as its value × 10^scale.
 *
 * `number` while |x| ≤ 2^53 − 1, `bigint` beyond, and never the other way round, so `===` compares two of one scale.
 * Never −0. The scale is not kept with the value: it belongs to the type.
 */
export type Exact = number | bigint

const SAFE = Number.MAX_SAFE_INTEGER
const BIG_SAFE = BigInt(SAFE)

/** The one form of an integer: a number when it is safe, else a bigint. */
export const normalizeExact = (x: bigint): Exact => (x <= BIG_SAFE && x >= -BIG_SAFE ? Number(x) : x)

export const addExact = (a: Exact, b: Exact): Exact => {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    if (sum <= SAFE && sum >= -SAFE) return sum
  }
  return normalizeExact(BigInt(a) + BigInt(b))
}

export const subtractExact = (a: Exact, b: Exact): Exact => {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b
    if (difference <= SAFE && difference >= -SAFE) return difference
  }
  return normalizeExact(BigInt(a) - BigInt(b))
}

/** The product; its scale is the sum of both scales. */
export const multiplyExact = (a: Exact, b: Exact): Exact => {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b
    if (product <= SAFE && product >= -SAFE) return product + 0 // −0 + 0 is 0
  }
  return normalizeExact(BigInt(a) * BigInt(b))
}

export const negateExact = (x: Exact): Exact => (typeof x === 'number' ? 0 - x : -x)

export const absExact = (x: Exact): Exact => (x < 0 ? negateExact(x) : x)

/** −1, 0 or 1. Both must have one scale. */
export const compareExact = (a: Exact, b: Exact): -1 | 0 | 1 => (a < b ? -1 : a > b ? 1 : 0)

const SMALL_POWERS = Array.from({ length: 16 }, (_, n) => 10 ** n)

/** 10^n, n ≥ 0. */
export const powerOfTen = (exponent: number): Exact =>
  SMALL_POWERS[exponent] ?? normalizeExact(10n ** BigInt(exponent))

/** The same value at a scale at least as large. Throws RangeError on a smaller one: use `roundExact`. */
export const widenExact = (x: Exact, from: number, to: number): Exact => {
  if (to < from) throw new RangeError(`cannot widen scale ${from} to ${to}: round instead`)
  return to === from ? x : multiplyExact(x, powerOfTen(to - from))
}

/** The value at another scale; half away from zero when digits are lost. */
export const rescaleExact = (x: Exact, from: number, to: number): Exact => {
  if (to >= from) return widenExact(x, from, to)
  const divisor = BigInt(powerOfTen(from - to))
  const value = BigInt(x)
  const magnitude = ((value < 0n ? -value : value) * 2n + divisor) / (divisor * 2n)
  return normalizeExact(value < 0n ? -magnitude : magnitude)
}

/** Rounded to `digits` after the point, half away from zero, still at `scale`. */
export const roundExact = (x: Exact, scale: number, digits: number): Exact =>
  digits >= scale ? x : widenExact(rescaleExact(x, scale, digits), digits, scale)

/** The nearest double, correctly rounded. */
export const exactToNumber = (x: Exact, scale: number): number => {
  if (scale === 0) return Number(x)
  if (typeof x === 'number' && scale <= 22) return x / 10 ** scale
  return Number(formatExact(x, scale))
}

/** Fixed digits after the point: `formatExact(4776808812, 3)` is '4776808.812'. */
export const formatExact = (x: Exact, scale: number): string => {
  if (scale === 0) return String(x)
  const digits = String(absExact(x)).padStart(scale + 1, '0')
  const point = digits.length - scale
  return `${x < 0 ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`
}
