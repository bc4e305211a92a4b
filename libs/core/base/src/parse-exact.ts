import { normalizeExact, powerOfTen } from './exact.ts'
import type { Exact } from './exact.ts'

const ZERO = 48
const NINE = 57
const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/

/**
 * Decimal text ('-12.50', '1e3') as an exact value at `scale`; null when it is no number, has more digits after the
 * point than `scale`, or more than `digits` in all. Trailing zeros are not digits, and nothing is ever rounded.
 */
export const parseExact = (text: string, scale: number, digits: number): Exact | null =>
  parseShort(text, scale, digits) ?? parseLong(text, scale, digits)

/** The common case in doubles alone: an optional minus, at most 15 digits, at most `scale` of them after the point. */
const parseShort = (text: string, scale: number, digits: number): Exact | null => {
  const length = text.length
  const negative = text.charCodeAt(0) === 45
  const start = negative ? 1 : 0
  let value = 0
  let count = 0
  let after = -1
  for (let i = start; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code >= ZERO && code <= NINE) {
      value = value * 10 + (code - ZERO)
      count++
      if (after >= 0) after++
    } else if (code === 46 && after < 0 && count > 0) after = 0
    else return null
  }
  const missing = scale - Math.max(after, 0)
  if (count === 0 || after === 0 || missing < 0 || count + missing > 15) return null
  const scaled = value * 10 ** missing
  if (scaled >= 10 ** digits) return null
  return negative ? 0 - scaled : scaled
}

const parseLong = (text: string, scale: number, digits: number): Exact | null => {
  const match = NUMBER.exec(text)
  if (match === null) return null
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  if (whole === '' && fraction === '') return null
  const all = `${whole}${fraction}`.replace(/^0+/, '')
  const significant = all.replace(/0+$/, '')
  if (significant === '') return 0
  // value = significant × 10^shift
  const shift = Number(exponent) - fraction.length + (all.length - significant.length)
  const missing = scale + shift
  if (missing < 0 || significant.length + missing > digits) return null
  const magnitude = BigInt(significant) * BigInt(powerOfTen(missing))
  return normalizeExact(sign === '-' ? -magnitude : magnitude)
}
