import { expect, test } from 'vitest'
import { endOf, tallied, uncounted } from './tally.ts'

test('what the log gave no record for is absent; the account ends where its offsets do', () => {
  const first = tallied(uncounted(10), 7, { read: 5, applied: 2, duplicate: 2, dead: 1 })
  expect(first).toEqual({ from: 10, applied: 2, duplicate: 2, dead: 1, absent: 2 })
  const second = tallied(first, 3, { read: 3, applied: 3, duplicate: 0, dead: 0 })
  expect([second.absent, endOf(first), endOf(second)]).toEqual([2, 17, 20])
})
