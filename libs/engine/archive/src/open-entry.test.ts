import { expect, test } from 'vitest'
import { entryBehind, openEntry, sealed, skipAbsent, skipMissed } from './open-entry.ts'

const place = { topic: 'event.sale', partition: 1 }

test('the entry behind another carries the highest append time on, also when nothing is appended later', () => {
  const behind = entryBehind({ ...openEntry(place, 5, 70), next: 9, lastAppended: 90 })
  expect(sealed(behind)).toMatchObject({ ...place, from: 9, next: 9, rows: 0, lastAppended: 90 })
})

test('offsets without a record are absent, and those that retention deleted are missed; neither is counted twice', () => {
  const entry = openEntry(place, 5, 0)
  skipAbsent(entry, 8)
  skipAbsent(entry, 7)
  skipMissed(entry, 10)
  skipMissed(entry, 10)
  expect(sealed(entry)).toMatchObject({ from: 5, next: 10, absent: 3, missed: 2 })
})
