import { compareText, widenExact } from '@tidewater/base'
import type { Value } from '@tidewater/expr'
import { compareValues } from './compare-values.ts'

/** What a value of one column must be; all that is given must hold. A missing value passes `isNull: true` alone. */
export interface Test {
  readonly eq?: Value
  readonly in?: readonly Value[]
  readonly startsWith?: string
  readonly isNull?: boolean
  readonly gt?: Value
  readonly gte?: Value
  readonly lt?: Value
  readonly lte?: Value
  /** Exact bounds have this many more digits after the point than the column. */
  readonly extraDigits?: number
}

export interface Filter {
  readonly column: string
  readonly test: Test
}

export const passes = (value: Value, test: Test): boolean => {
  if (value === null) return test.isNull === true && Object.keys(test).every((word) => word === 'isNull')
  if (test.isNull === true) return false
  const { extraDigits = 0 } = test
  const known = extraDigits > 0 && isExactValue(value) ? widenExact(value, 0, extraDigits) : value
  if (test.eq !== undefined && !same(known, test.eq)) return false
  if (test.in !== undefined && !test.in.some((one) => same(known, one))) return false
  if (test.startsWith !== undefined && !(typeof known === 'string' && known.startsWith(test.startsWith)))
    return false
  if (test.gt !== undefined && !(compareValues(known, test.gt) > 0)) return false
  if (test.gte !== undefined && !(compareValues(known, test.gte) >= 0)) return false
  if (test.lt !== undefined && !(compareValues(known, test.lt) < 0)) return false
  return test.lte === undefined || compareValues(known, test.lte) <= 0
}

const isExactValue = (value: Value): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint'

const same = (a: Value, b: Value): boolean => {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b) === 0
  return a === b
}

/** Whether a row's columns pass every filter. */
export const passesAll = (row: Readonly<Record<string, Value>>, filters: readonly Filter[]): boolean =>
  filters.every(({ column, test }) => passes(row[column] ?? null, test))
