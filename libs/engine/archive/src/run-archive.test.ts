import { afterEach, beforeEach, expect, test } from 'vitest'
import { openArchiving, type Archiving } from '@tidewater/testing/archiving'

let p: Archiving

beforeEach(async () => {
  p = await openArchiving()
})
afterEach(() => p.close())

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

test('records become entries that tile, closed by rows and by time', async () => {
  await p.produce(0, 0, 25)
  const archive = await p.start({ limits: { rows: 10 } })
  await p.archivedTo(0, 25)
  const entries = await p.entries()
  expect(entries.map((entry) => [entry.from, entry.next, entry.rows])).toEqual([
    [0, 10, 10],
    [10, 20, 10],
    [20, 25, 5],
  ])
  expect(entries.at(-1)).toMatchObject({ lastAppended: 1_000_000, maxEventTime: 24 })
  expect(await p.archived(0)).toEqual(upTo(25))
  await p.until(() => archive.counters()['entries_added'] === 3)
  expect(archive.counters()['events_archived']).toBe(25)
})

test('append time never goes back, also across entries and restarts', async () => {
  p.setClock(5_000_000)
  await p.produce(0, 0, 2)
  const first = await p.start()
  await p.archivedTo(0, 2)
  await p.stop(first)
  p.setClock(4_000_000)
  await p.produce(0, 2, 4)
  await p.start()
  await p.archivedTo(0, 4)
  expect((await p.entries()).map((entry) => entry.lastAppended)).toEqual([5_000_000, 5_000_000])
})

test('a bad record becomes a dead letter with its reason and place; its neighbours are kept', async () => {
  await p.log.append(p.topic, [p.record(1, 'a', 0), p.record(1, 'b', 'no json'), p.record(1, 'c', 0)])
  await p.start()
  await p.archivedTo(1, 3)
  expect(await p.archived(1)).toEqual([0, 2])
  expect(await p.entries()).toMatchObject([{ rows: 2, dead: 1 }])
  const letters: Record<string, unknown>[] = []
  const reader = await p.log.read(
    { group: 'test', topics: [`${p.topic}.dead`], maxBytesPerPartition: 1e6, maxWaitMs: 10 },
    {
      assigned: async (owned) => owned.map(() => 0),
      revoked: () => undefined,
      batch: async ({ records }) =>
        void letters.push(
          ...records.map((r) => ({ ...r.headers, value: Buffer.from(r.value ?? []).toString() })),
        ),
    },
  )
  await p.until(() => letters.length === 1)
  expect(letters[0]).toMatchObject({
    id: `${p.topic}/1/1`,
    reason: expect.stringContaining('is not valid JSON') as string,
    offset: '1',
    value: 'no json',
    'original.id': 'b',
  })
  await reader.stop()
})

test('workers that come and go share the partitions', async () => {
  const first = await p.start({ name: 'one', limits: { rows: 7 } })
  for (let n = 0; n < 5; n++) {
    await p.produce(0, n * 20, n * 20 + 20)
    await p.produce(1, n * 20, n * 20 + 20)
    if (n === 1) await p.start({ name: 'two', limits: { rows: 7 } })
    if (n === 3) await p.stop(first)
  }
  await p.archivedTo(0, 100)
  await p.archivedTo(1, 100)
  expect(await p.archived(0)).toEqual(upTo(100))
  expect(await p.archived(1)).toEqual(upTo(100))
})

test('all partitions together hold a bounded number of bytes: the largest entries close first', async () => {
  await p.start({ limits: { ms: 3_600_000, heldBytes: 4_000 } })
  // A row is over a hundred bytes: partition 0 alone is over the bound, partition 1 never has its share.
  await p.produce(1, 0, 3)
  for (let n = 0; n < 4; n++) await p.produce(0, n * 40, n * 40 + 40)
  await p.archivedTo(0, 160)
  expect(await p.next(1)).toBe(0)
})
