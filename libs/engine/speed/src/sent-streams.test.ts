import { PlatformError } from '@tidewater/base'
import type { LogBatch, LogRecord } from '@tidewater/ports'
import { openTestPlatform, type TestPlatform } from '@tidewater/testing/platform'
import { readHeaders } from '@tidewater/seam'
import { count, decimal, event, id, instant, stream, sum, topicOf, view } from 'tidewater'
import { catalogOf } from 'tidewater/fixture'
import { expect, test } from 'vitest'

const Click = event('Click', {
  fields: { clickId: id(), userId: id(), adId: id().optional(), at: instant(), cents: decimal(9, 1) },
  key: 'userId',
  time: 'at',
  dedupe: 'clickId',
})
const ClickByAd = stream('ClickByAd', {
  from: Click,
  where: (e) => e.cents.above(0),
  select: (e) => ({ adId: e.adId.orElse('none'), at: e.at, mills: e.cents.times(10) }),
  key: 'adId',
})
const AdClicks = view('AdClicks', {
  from: ClickByAd,
  by: 'adId',
  measure: (e) => ({ clicks: count(), mills: sum(e.mills) }),
})
const UserClicks = view('UserClicks', { from: Click, by: 'userId', measure: () => ({ clicks: count() }) })

/** The same stream as it was before: it let fewer rows through. */
const DearByAd = stream('ClickByAd', {
  from: Click,
  where: (e) => e.cents.above(1),
  select: (e) => ({ adId: e.adId.orElse('none'), at: e.at, mills: e.cents.times(10) }),
  key: 'adId',
})
const DearClicks = view('AdClicks', {
  from: DearByAd,
  by: 'adId',
  measure: (e) => ({ clicks: count(), mills: sum(e.mills) }),
})

const before = catalogOf([Click, UserClicks])
const dear = catalogOf([Click, UserClicks, DearByAd, DearClicks])
const catalog = catalogOf([Click, UserClicks, ClickByAd, AdClicks])
const SENT = topicOf('ClickByAd')

type Clicked = {
  readonly clickId: string
  readonly userId: string
  readonly adId?: string
  readonly at: number
  readonly cents: number
}

const click = (n: number): Clicked => ({
  clickId: `c${n}`,
  userId: `u${n % 7}`,
  ...(n % 6 === 0 ? {} : { adId: `ad${n % 5}` }),
  at: 1_000 * n,
  cents: n % 4,
})

/** What the view must hold of these clicks: by hand, each of them once. */
const truthOf = (clicks: readonly Clicked[]): Record<string, { clicks: number; mills: number }> => {
  const truth: Record<string, { clicks: number; mills: number }> = {}
  for (const { adId = 'none', cents } of new Map(clicks.map((c) => [c.clickId, c])).values()) {
    if (cents <= 0) continue
    const ad = (truth[`${adId}@0`] ??= { clicks: 0, mills: 0 })
    ad.clicks++
    // tenths, as the state has them
    ad.mills += 100 * cents
  }
  return truth
}

/** Until nothing moves any more: what is sent of the last record is applied too. */
const settled = async (p: TestPlatform): Promise<void> => {
  for (let round = 0; round < 3; round++) await p.settle()
}

const recordsOf = async (p: TestPlatform, topic: string): Promise<readonly LogRecord[]> => {
  const records: LogRecord[] = []
  const take = async (batch: LogBatch): Promise<void> => void records.push(...batch.records)
  const ends = (await p.log.bounds(topic)).reduce((sum, { high }) => sum + high, 0)
  const reading = await p.log.read(
    {
      group: `test-${records.length}-${topic}`,
      topics: [topic],
      maxBytesPerPartition: 1 << 20,
      maxWaitMs: 10,
    },
    { assigned: async (owned) => owned.map(() => 0), revoked: () => undefined, batch: take },
  )
  await p.until(async () => records.length >= ends)
  await reading.stop()
  return records
}

const range = (from: number, to: number): readonly Clicked[] =>
  Array.from({ length: to - from }, (_, n) => click(from + n))

test('every row is sent once under another key, whoever crashes and whatever is lost', async () => {
  const p = await openTestPlatform({ catalog, partitions: 3 })
  const limits = { stepRecords: 8, maxChanges: 8, maxUncommitted: 16 }
  const first = await p.startSpeed({ name: 'w1', limits })
  await p.produce('Click', ...range(0, 100), ...range(90, 100))
  await settled(p)
  const earlier = p.store.snapshot()
  await p.produce('Click', ...range(100, 200))
  await settled(p)
  p.store.restore(earlier)
  const second = await p.startSpeed({ name: 'w2', limits })
  await p.produce('Click', ...range(200, 300))
  await p.stop(first)
  await settled(p)
  p.store.restore({ partitions: new Map(), pointer: null })
  await p.produce('Click', ...range(300, 400))
  await p.stop(second)
  const third = await p.startSpeed({ name: 'w3', limits })
  await settled(p)
  expect((await p.stored('AdClicks')).speed).toEqual(truthOf(range(0, 400)))
  const sent = (await p.log.bounds(SENT)).reduce((sum, { high }) => sum + high, 0)
  // some of it twice, or the test would show nothing
  expect(sent).toBeGreaterThan(300)
  await p.stop(third)
  await p.close()
})

test('a log that fails while rows are sent gets them again, and they count once', async () => {
  const p = await openTestPlatform({ catalog, partitions: 2 })
  const { append } = p.log
  let failing = 3
  p.log.append = async (topic, records) => {
    const offsets = await append(topic, records)
    if (topic === SENT && failing-- > 0) throw new PlatformError('UNAVAILABLE', 'no answer came', 'wait')
    return offsets
  }
  const worker = await p.startSpeed({ name: 'w1' })
  await p.produce('Click', ...range(0, 50))
  await settled(p)
  expect(failing).toBeLessThan(0)
  expect((await p.stored('AdClicks')).speed).toEqual(truthOf(range(0, 50)))
  expect(worker.status().counters.commits_unknown).toBeGreaterThanOrEqual(2)
  await p.stop(worker)
  await p.close()
})

test('a stream that is new gets what the log holds, once, and views of its event stay as they are', async () => {
  const p = await openTestPlatform({ catalog, partitions: 2 })
  const old = await p.startSpeed({ name: 'w1', catalog: before })
  await p.produce('Click', ...range(0, 60), ...range(30, 40))
  await p.during(p.until(async () => old.status().counters.events_applied === 60))
  await p.stop(old)
  await p.produce('Click', ...range(60, 80))
  const worker = await p.startSpeed({ name: 'w2' })
  await settled(p)
  expect((await p.stored('AdClicks')).speed).toEqual(truthOf(range(0, 80)))
  const byUser = (await p.stored('UserClicks')).speed as Record<string, { clicks: number }>
  expect(Object.values(byUser).reduce((total, { clicks }) => total + clicks, 0)).toBe(80)
  await p.stop(worker)
  const again = await p.startSpeed({ name: 'w3' })
  await p.produce('Click', ...range(80, 90))
  await settled(p)
  expect(again.status().counters.records_sent).toBe(range(80, 90).filter(({ cents }) => cents > 0).length)
  expect((await p.stored('AdClicks')).speed).toEqual(truthOf(range(0, 90)))
  await p.close()
})

test('what another filter lets through of old records when all is sent again counts in neither layer', async () => {
  const p = await openTestPlatform({ catalog, partitions: 1 })
  const old = await p.startSpeed({ name: 'w1', catalog: dear })
  // the last of them passes both filters: the stream has come as far as the log
  const clicks = range(0, 60)
  await p.produce('Click', ...clicks)
  await settled(p)
  await p.stop(old)
  p.store.restore({ partitions: new Map(), pointer: null })
  await p.startSpeed({ name: 'w2' })
  await settled(p)
  expect((await recordsOf(p, SENT)).length).toBe(30 + 45)
  const counted = Object.entries(truthOf(clicks.filter(({ cents }) => cents > 1))).map(
    ([ad, { clicks, mills }]) => ({
      adId: ad.slice(0, -2),
      clicks,
      mills: `${mills / 10}.0`,
    }),
  )
  const asked = async () =>
    (
      await p.ask<{ adClicksList: { rows: readonly object[] } }>(
        '{ adClicksList(orderBy: [{ adId: ASC }]) { rows { adId clicks mills } } }',
      )
    ).adClicksList.rows
  const inOrder = counted.sort((a, b) => (a.adId < b.adId ? -1 : 1))
  expect(await asked()).toEqual(inOrder)
  await p.generate()
  expect(await asked()).toEqual(inOrder)
  expect(p.said.warn).toEqual([])
  await p.close()
})

test('what is sent again counts once, although the log of the stream no longer has what was sent first', async () => {
  const p = await openTestPlatform({ catalog, partitions: 2 })
  const first = await p.startSpeed({ name: 'w1' })
  await p.produce('Click', ...range(0, 60))
  await settled(p)
  await p.generate()
  await p.stop(first)
  for (const { partition, high } of await p.log.bounds(SENT)) p.log.retain({ topic: SENT, partition }, high)
  p.store.restore({ partitions: new Map(), pointer: null })
  await p.startSpeed({ name: 'w2' })
  await p.produce('Click', ...range(60, 80))
  await settled(p)
  const headers = await readHeaders(
    p.store,
    (await p.ends()).filter(({ topic }) => topic === SENT),
  )
  // those of the generation's cut among them
  const applied = headers.reduce((sum, header) => sum + (header?.tally.applied ?? 0), 0)
  expect(applied).toBe(range(0, 80).filter(({ cents }) => cents > 0).length)
  await p.close()
})

test('a row keeps the time of its record, and its id says which record it is of', async () => {
  const p = await openTestPlatform({ catalog, partitions: 1 })
  await p.startSpeed({ name: 'w1' })
  await p.produce('Click', click(1), click(2))
  await settled(p)
  const [one, two] = await recordsOf(p, SENT)
  const text = (bytes: Uint8Array | string | null | undefined): string => Buffer.from(bytes ?? '').toString()
  expect(
    [one, two].map((record) => [text(record?.key), text(record?.value), text(record?.headers['id'])]),
  ).toEqual([
    ['ad1', '{"adId":"ad1","at":1000,"mills":"10.0"}', '0/0'],
    ['ad2', '{"adId":"ad2","at":2000,"mills":"20.0"}', '0/1'],
  ])
  await p.close()
})
