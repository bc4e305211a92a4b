import { compareText } from '@tidewater/base'
import type { Value } from '@tidewater/expr'

/** Order of two values of one type that are not missing. Exact values must have one scale. */
export const compareValues = (a: Value, b: Value): number => {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  if (a === null || b === null) throw new Error('missing values have no order of their own')
  return a < b ? -1 : a > b ? 1 : 0
}
