import { openTestPlatform, type TestPlatform } from '@tidewater/testing/platform'
import { settled } from '@tidewater/testing/trios'
import {
  count,
  event,
  id,
  instant,
  join,
  matched,
  minutes,
  pattern,
  pick,
  seconds,
  step,
  topicOf,
  view,
} from 'tidewater'
import { catalogOf } from 'tidewater/fixture'
import { expect, test } from 'vitest'

const Impression = event('Impression', {
  fields: { impressionId: id(), userId: id(), adId: id(), shownAt: instant() },
  key: 'userId',
  time: 'shownAt',
  dedupe: 'impressionId',
  lateness: seconds(5),
})
const Click = event('Click', {
  fields: { clickId: id(), userId: id(), adId: id(), at: instant() },
  key: 'userId',
  time: 'at',
  dedupe: 'clickId',
  lateness: seconds(5),
})
const ImpressionClick = join('ImpressionClick', {
  left: Impression,
  right: Click,
  on: ['userId', 'adId'],
  within: { after: seconds(30) },
  keep: 'left',
  match: 'first',
  select: (shown, click) => ({ ...pick(shown, 'userId', 'adId', 'shownAt'), clicked: matched(click) }),
})
const AdClicks = view('AdClicks', {
  from: ImpressionClick,
  by: 'adId',
  measure: (e) => ({ shown: count(), clicked: count({ where: e.clicked }) }),
})
const Thrice = pattern('Thrice', {
  on: Click,
  by: 'userId',
  match: (e) => [step('click', e.adId.isIn('ad0', 'ad1', 'ad2', 'ad3')).times(3)],
  within: minutes(5),
  select: ({ click }) => ({ adId: click.adId, clicks: click.count() }),
})
const AdThrice = view('AdThrice', { from: Thrice, by: 'adId', measure: () => ({ times: count() }) })
const catalog = catalogOf([Impression, Click, ImpressionClick, AdClicks, Thrice, AdThrice])

/** Every user is shown an ad each 10 s, and clicks on every second of them 7 s later. */
const USERS = ['ann', 'bob', 'eve', 'joe', 'kim']
const shown = (from: number, to: number) =>
  range(from, to).flatMap((n) =>
    USERS.map((userId) => ({
      impressionId: `i${n}${userId}`,
      userId,
      adId: `ad${n % 4}`,
      shownAt: START + 10_000 * n,
    })),
  )
const clicked = (from: number, to: number) =>
  range(from, to).flatMap((n) =>
    n % 2 === 1
      ? []
      : USERS.map((userId) => ({
          clickId: `c${n}${userId}`,
          userId,
          adId: `ad${n % 4}`,
          at: START + 10_000 * n + 7_000,
        })),
  )
const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from }, (_, n) => from + n)
const START = Date.UTC(2026, 0, 1)

const produce = async (p: TestPlatform, from: number, to: number): Promise<void> => {
  // in pieces, as time passes for both
  for (let n = from; n < to; n += 2) {
    p.setClock(START + 10_000 * (n + 2))
    await p.produce('Impression', ...shown(n, n + 2))
    await p.produce('Click', ...clicked(n, n + 2))
    await settled(p)
  }
}

const answers = async (p: TestPlatform): Promise<unknown> =>
  p.ask(
    '{ adClicksList(orderBy: [{ adId: ASC }]) { rows { adId shown clicked } } adThriceList(orderBy: [{ adId: ASC }]) { rows { adId times } } }',
  )

/**
 * By hand, after `steps` steps of 10 s: a click joins the impression 7 s before it, at once; what was not clicked is a row when
 * clicks 35 s after it (30 s and 5 s of lateness) have come. Clicks of a user are three, six, nine, …
 */
const truth = (steps: number) => {
  const newest = Math.max(...clicked(0, steps).map(({ at }) => at))
  const ads = new Map<string, { shown: number; clicked: number }>()
  for (const { adId, shownAt } of shown(0, steps)) {
    const isClicked = ((shownAt - START) / 10_000) % 2 === 0
    if (!isClicked && shownAt + 35_000 >= newest) continue
    const row = ads.get(adId) ?? { shown: 0, clicked: 0 }
    ads.set(adId, { shown: row.shown + 1, clicked: row.clicked + (isClicked ? 1 : 0) })
  }
  const thrice = new Map<string, number>()
  const clicks = range(0, steps).filter((n) => n % 2 === 0)
  for (const n of clicks.filter((_, i) => i % 3 === 2))
    thrice.set(`ad${n % 4}`, (thrice.get(`ad${n % 4}`) ?? 0) + USERS.length)
  const inOrder = <Row>(rows: ReadonlyMap<string, Row>) => [...rows].sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    adClicksList: { rows: inOrder(ads).map(([adId, row]) => ({ adId, ...row })) },
    adThriceList: { rows: inOrder(thrice).map(([adId, times]) => ({ adId, times })) },
  }
}

test('a join and a pattern answer as said by hand, in both layers, with a lost store and another worker between', async () => {
  const p = await openTestPlatform({ catalog, partitions: 2, startMs: START })
  const first = await p.startSpeed({ name: 'w1', limits: { stepRecords: 8 } })
  await produce(p, 0, 16)
  expect(await answers(p)).toEqual(truth(16))
  await p.generate()
  expect(await answers(p)).toEqual(truth(16))
  await produce(p, 16, 24)
  expect(await answers(p)).toEqual(truth(24))
  p.store.restore({ partitions: new Map(), pointer: null })
  await p.startSpeed({ name: 'w2', limits: { stepRecords: 8 } })
  await p.stop(first)
  await produce(p, 24, 32)
  await p.generate()
  expect(await answers(p)).toEqual(truth(32))
  expect(p.said.warn).toEqual([])
  await p.close()
})

test('both sides of a join are shown where records are counted, and have no door', async () => {
  const p = await openTestPlatform({ catalog, partitions: 2, startMs: START })
  await p.startSpeed({ name: 'w1' })
  await produce(p, 0, 4)
  const { status } = await p.ask<{ status: { events: readonly { event: string; balanced: boolean }[] } }>(
    '{ status { events { event applied balanced } } }',
  )
  const taken = shown(0, 4).length + clicked(0, 4).length
  expect(status.events).toContainEqual({ event: 'ImpressionClickSides', applied: taken, balanced: true })
  const { routes } = await p.startServing()
  const described = routes.find(({ path }) => path === '/openapi.json')
  const request = { method: 'GET', path: '', params: {}, query: new URLSearchParams(), headers: {} }
  const document = JSON.stringify(await described?.handle({ ...request, body: new Uint8Array() }))
  expect(document).toContain('ImpressionSent')
  expect(document).not.toContain('ImpressionClick')
  await p.close()
})

test('rows that are kept wait for the other side, however many partitions its log has', async () => {
  const p = await openTestPlatform({ catalog, partitions: 3, startMs: START })
  await p.startSpeed({ name: 'w1' })
  await produce(p, 0, 12)
  const sides = await p.log.bounds(topicOf('ImpressionClickSides'))
  expect(sides.reduce((sum, { high }) => sum + high, 0)).toBe(shown(0, 12).length + clicked(0, 12).length)
  expect(await answers(p)).toEqual(truth(12))
  await p.close()
})
