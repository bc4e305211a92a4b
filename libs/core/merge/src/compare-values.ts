import type { Value } from '@tidewater/expr'

/** UTF-16 units in the order of the UTF-8 bytes they stand for: surrogates come after all other units. */
const inByteOrder = (unit: number): number =>
  unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit

/** Order of the texts' UTF-8 bytes, as both SQL engines sort. */
export const compareText = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return inByteOrder(x) - inByteOrder(y)
  }
  return a.length - b.length
}

/** Order of two values of one type that are not missing. Exact values must have one scale. */
export const compareValues = (a: Value, b: Value): number => {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  if (a === null || b === null) throw new Error('missing values have no order of their own')
  return a < b ? -1 : a > b ? 1 : 0
}
