import { compareText } from '@tidewater/base'
import type { Value } from '@tidewater/expr'
import { compareValues } from './compare-values.ts'

/** One column of an order; 'start' is the window. */
export interface OrderTerm {
  readonly column: string
  readonly direction: 'ASC' | 'DESC'
}

/** What rows are ordered by: the terms' values, then the window's start and the key's bytes, so no two rows are equal. */
export interface Position {
  readonly values: readonly Value[]
  readonly start: number
  readonly id: string
}

/** Missing values come last in either direction. */
const compareTerm = (a: Value, b: Value, direction: OrderTerm['direction']): number => {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  const order = compareValues(a, b)
  return direction === 'ASC' ? order : -order
}

export const comparePositions = (terms: readonly OrderTerm[], a: Position, b: Position): number => {
  for (const [i, { direction }] of terms.entries()) {
    const order = compareTerm(a.values[i] ?? null, b.values[i] ?? null, direction)
    if (order !== 0) return order
  }
  return a.start - b.start || compareText(a.id, b.id)
}
