import type { LogBounds } from '@tidewater/ports'
import { expect, test } from 'vitest'
import { watchRetention, type Standing } from './watch-retention.ts'

const HOUR = 3_600_000
const place = { topic: 'event.sale', partition: 0 }

const watched = (retentionMs: number) => {
  let now = 100 * HOUR
  const warnings: string[] = []
  let bounds: Omit<LogBounds, 'partition'> = { low: 0, high: 0 }
  let standing: Omit<Standing, 'place'> = { archived: 0, appendedSince: null }
  const watch = watchRetention(
    {
      clock: { now: () => now },
      timers: { after: () => () => undefined },
      log: { bounds: async () => [{ partition: 0, ...bounds }], retentionMs: async () => retentionMs },
    },
    () => [{ place, ...standing }],
    {
      warn: (sentence) => void warnings.push(sentence),
      broken: (error) => {
        throw error
      },
    },
  )
  return {
    warnings,
    watch,
    see: async (
      hour: number,
      seen: { low: number; high: number; archived: number; appendedAt: number | null },
    ): Promise<readonly string[]> => {
      now = hour * HOUR
      bounds = { low: seen.low, high: seen.high }
      const { archived, appendedAt } = seen
      standing = { archived, appendedSince: appendedAt === null ? null : appendedAt * HOUR }
      await watch.check()
      return watch.troubles
    },
  }
}

test('before retention deletes what is not archived, the archive says how long is left, once, until it has caught up', async () => {
  const { see, watch, warnings } = watched(8 * HOUR)
  const behind = { low: 0, high: 900, archived: 500, appendedAt: 100 }
  expect(await see(105.5, behind)).toEqual([])
  expect(await see(106.5, behind)).toEqual([])
  const sentence =
    'retention deletes records of event.sale/0 that are not archived in 80 min, 500 records on: see why the archive is behind, or raise RETENTION_MS'
  expect(await see(106 + 2 / 3, behind)).toEqual([sentence])
  expect(await see(107, behind)).toHaveLength(1)
  expect(warnings).toEqual([sentence])
  expect(watch.counters.retention_alarms).toBe(1)
  expect(await see(107, { ...behind, archived: 900, appendedAt: null })).toEqual([])
})

test('a topic that deletes by size: the alarm goes by the records that are left', async () => {
  const { see } = watched(-1)
  const behind = { low: 400, high: 900, archived: 500, appendedAt: 100 }
  await see(100, behind)
  expect(await see(100, behind)).toEqual([
    'retention deletes records of event.sale/0 that are not archived 100 records on: see why the archive is behind, or raise RETENTION_MS',
  ])
})

test('no alarm: nothing was ever deleted, all is archived, or it was behind for a moment only', async () => {
  const { see } = watched(-1)
  for (const seen of [
    { low: 0, high: 900, archived: 10, appendedAt: 1 },
    { low: 0, high: 900, archived: 10, appendedAt: 1 },
    { low: 900, high: 900, archived: 900, appendedAt: null },
    { low: 900, high: 901, archived: 900, appendedAt: 99 },
    { low: 900, high: 901, archived: 901, appendedAt: null },
    { low: 900, high: 902, archived: 901, appendedAt: 99 },
  ])
    expect(await see(100, seen)).toEqual([])
})
