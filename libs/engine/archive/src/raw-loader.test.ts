import type { LakeEntry, RawTables, TopicPartition } from '@tidewater/ports'
import { expect, test } from 'vitest'
import { createRawLoader } from './raw-loader.ts'
import { SALE } from './test-event.ts'

const place: TopicPartition = { topic: 'event.sale', partition: 0 }
const entry = (from: number, next: number): LakeEntry => ({
  ...place,
  ...{ from, next, level: 0, rows: next - from, dead: 0, absent: 0, missed: 0 },
  ...{ lastAppended: next, maxEventTime: next, file: `${from}-${next}`, bytes: 1, sha256: '' },
})
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

const fail = (error: unknown): void => {
  throw error
}

/** A raw table of one partition's offsets, and a lake whose entries grow. */
const platform = (entries: LakeEntry[], rows: number[]) => {
  const removed: (readonly [number, number])[] = []
  const inside = (from: number, next: number) => (row: number) => row >= from && row < next
  const raw: RawTables = {
    prepare: async () => undefined,
    loaded: async () => ({ rows: rows.length, next: Math.max(-1, ...rows) + 1 }),
    count: async (_event, _partition, from, next) => rows.filter(inside(from, next)).length,
    load: async (_event, { from, next }) => void rows.push(...upTo(next).filter((offset) => offset >= from)),
    remove: async (_event, _partition, from, next) => {
      removed.push([from, next])
      rows.splice(0, rows.length, ...rows.filter((row) => !inside(from, next)(row)))
    },
    close: async () => undefined,
  }
  const lake = { entries: async () => [...entries], path: (file: string) => file }
  const open = (over: { lake?: Partial<typeof lake>; raw?: Partial<RawTables> } = {}) =>
    createRawLoader(
      {
        lake: { ...lake, ...over.lake },
        raw: { ...raw, ...over.raw },
        timers: { after: () => () => undefined },
      },
      new Map([[place.topic, SALE]]),
      fail,
      fail,
    )
  return { raw, lake, open, entries, rows, removed }
}

test('a loader that slept while another took over deletes nothing of what the newer one has loaded', async () => {
  const { open, entries, rows, removed, lake } = platform([entry(0, 5)], upTo(5))
  const asked = Promise.withResolvers<void>()
  const asleep = Promise.withResolvers<void>()
  const stale = open({
    lake: {
      entries: async () => {
        const seen = await lake.entries()
        asked.resolve()
        await asleep.promise
        return seen
      },
    },
  })
  stale.own([place])
  await asked.promise
  entries.push(entry(5, 9))
  const newer = open()
  newer.own([place])
  await expect.poll(() => rows.length).toBe(9)
  asleep.resolve()
  await stale.stop()
  await newer.stop()
  expect(removed).toEqual([])
  expect(rows).toEqual(upTo(9))
})

test.each([
  ['a row is missing', upTo(9).filter((offset) => offset !== 2)],
  ['there are rows that no entry has', upTo(11)],
])('%s: a loader whose partitions were given away while it counted deletes nothing', async (_, found) => {
  const { open, rows, removed, raw } = platform([entry(0, 5), entry(5, 9)], [...found])
  const counting = Promise.withResolvers<void>()
  const asleep = Promise.withResolvers<void>()
  const stale = open({
    raw: {
      count: async (...range) => {
        counting.resolve()
        await asleep.promise
        return raw.count(...range)
      },
    },
  })
  stale.own([place])
  await counting.promise
  stale.own([])
  asleep.resolve()
  await stale.stop()
  expect(removed).toEqual([])
  expect(rows).toEqual(found)
})

test('rows that are missing in the middle or there twice are loaded again, and only theirs are deleted', async () => {
  const { open, rows, removed } = platform(
    [entry(0, 3), entry(3, 6), entry(6, 9)],
    [0, 1, 2, 2, 2, 3, 5, 6, 7, 8],
  )
  const loader = open()
  loader.own([place])
  await expect.poll(() => [...rows].sort((a, b) => a - b)).toEqual(upTo(9))
  await loader.stop()
  expect(removed).toEqual([
    [0, 3],
    [3, 6],
  ])
  expect(loader.counters.raw_repairs).toBe(1)
})

test('rows that no entry has are deleted up to the last that was seen', async () => {
  const { open, rows, removed } = platform([entry(0, 3)], upTo(5))
  const loader = open()
  loader.own([place])
  await expect.poll(() => rows).toEqual(upTo(3))
  await loader.stop()
  expect(removed).toEqual([[3, 5]])
})
