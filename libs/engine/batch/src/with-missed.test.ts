import type { LakeEntry } from '@tidewater/ports'
import { expect, test } from 'vitest'
import { withMissed } from './with-missed.ts'

const entry = (partition: number, from: number, next: number, missed: number): LakeEntry => ({
  ...{ topic: 't', partition, from, next, level: 0, rows: next - from - missed, dead: 0, absent: 0, missed },
  ...{ lastAppended: 1, maxEventTime: 1, file: null, bytes: 0, sha256: null },
})

test('a cut says how many records below it retention deleted before they were archived', async () => {
  const lake = {
    entries: async () => [entry(0, 0, 5, 2), entry(0, 5, 9, 1), entry(0, 9, 20, 4), entry(1, 0, 3, 0)],
  }
  const cuts = [
    { topic: 't', partition: 0, cut: 9 },
    { topic: 't', partition: 1, cut: 3 },
  ]
  expect(await withMissed(lake, cuts)).toEqual([
    { topic: 't', partition: 0, cut: 9, missed: 3 },
    { topic: 't', partition: 1, cut: 3 },
  ])
})
