import { duckdb } from '@tidewater/expr'
import { expect, test } from 'vitest'
import { isBelow, isBelowSql } from './below-offsets.ts'
import { copyWords, isCopy } from './copies.ts'

test('a record as long after the first of its id as the horizon is a copy of it, a later one is not', () => {
  const after = (ms: number): boolean => isCopy({ horizonMs: 1_000 }, 5_000 + ms, 5_000)
  expect([0, 999, 1_000, 1_001].map(after)).toEqual([true, true, true, false])
  expect(copyWords({ horizonMs: 1_000, madeBy: null }, duckdb).isCopy('a', 'n')).toContain('a - n <= 1000')
  expect(isCopy({ horizonMs: 1_000 }, 0, -1)).toBe(false)
  expect(isCopy({ horizonMs: 1_000 }, 1_000, 0)).toBe(true)
})

test('the record at a cut is beyond it; of a partition that no cut names nothing is below', () => {
  const ends = new Map([[0, 7]])
  expect([6, 7, 8].map((offset) => isBelow(ends, 0, offset))).toEqual([true, false, false])
  expect(isBelow(ends, 1, 0)).toBe(false)
  expect(isBelowSql(ends)).toContain('_offset < 7')
})
