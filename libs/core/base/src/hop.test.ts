import { expect, test } from 'vitest'
import { hopOf } from './hop.ts'

test.each([
  [60_000, 1_000],
  [450_000, 5_000],
  [300_000, 5_000],
  [900_000, 15_000],
  [3_600_000, 60_000],
  [86_400_000, 15 * 60_000],
  [7 * 86_400_000, 2 * 3_600_000],
  [90 * 86_400_000, 86_400_000],
  [30_000, 1_000],
  [61_000, 1_000],
  [1_000, 1_000],
])('hop of %d ms is %d ms', (ms, hop) => {
  expect(hopOf(ms)).toBe(hop)
})

test.each([500, 1_500, 60_500])('%d ms has none', (ms) => {
  expect(hopOf(ms)).toBeNull()
})
