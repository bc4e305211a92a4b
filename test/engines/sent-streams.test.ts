import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createRawTables,
  openClickhouse,
  openClickhouseWarehouse,
  type Clickhouse,
} from '@tidewater/adapter-clickhouse'
import { openLake } from '@tidewater/adapter-lake'
import { startClickhouse } from '@tidewater/stack'
import { openDuckdbEngines } from '@tidewater/testing/duckdb'
import { openTestPlatform, type TestPlatform } from '@tidewater/testing/platform'
import { withServer } from '@tidewater/testing/shops'
import { count, decimal, event, id, instant, stream, sum, view } from 'tidewater'
import { catalogOf } from 'tidewater/fixture'
import { afterAll, beforeAll, expect, test } from 'vitest'

const Click = event('Click', {
  fields: { clickId: id(), userId: id(), adId: id().optional(), at: instant(), price: decimal(9, 2) },
  key: 'userId',
  time: 'at',
  dedupe: 'clickId',
})
const ClickByAd = stream('ClickByAd', {
  doc: 'Clicks that cost something, by what was clicked.',
  from: Click,
  where: (e) => e.price.above(0),
  select: (e) => ({ adId: e.adId.orElse('none'), at: e.at, price: e.price }),
  key: 'adId',
})
const AdClicks = view('AdClicks', {
  from: ClickByAd,
  by: 'adId',
  measure: (e) => ({ clicks: count(), paid: sum(e.price) }),
})
const catalog = catalogOf([Click, ClickByAd, AdClicks])
const START = Date.UTC(2026, 0, 1)
const DAY = 86_400_000

let directory = ''
let server: Awaited<ReturnType<typeof startClickhouse>>
let sql: Clickhouse
let duckdb: Awaited<ReturnType<typeof openDuckdbEngines>>
let p: TestPlatform
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sent-'))
  server = await startClickhouse({ dir: join(directory, 'clickhouse') })
  sql = openClickhouse({ url: server.url })
  duckdb = await openDuckdbEngines()
  const raw = createRawTables(sql)
  const open = async (root: string) =>
    openClickhouseWarehouse({
      ...{ clickhouse: openClickhouse({ url: server.url }), raw, catalog, patienceMs: 5000 },
      lake: await openLake(root),
    })
  p = await openTestPlatform({
    catalog,
    startMs: START,
    engines: (world) => withServer({ raw, open }, duckdb.engines(world), world),
  })
}, 60_000)
afterAll(async () => {
  await p.close()
  await sql.close()
  await duckdb.close()
  await server.stop()
  await rm(directory, { recursive: true, force: true })
})

const clicks = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => {
    const n = from + i
    const ad = n % 6 === 0 ? {} : { adId: `ad${n % 3}` }
    return { clickId: `c${n}`, userId: `u${n % 5}`, ...ad, at: START + n * 1000, price: `${n % 4}.25` }
  }).map((click, i) => ((from + i) % 9 === 0 ? { ...click, price: '0.00' } : click))

/** By hand, in hundredths. */
const truthOf = (all: ReturnType<typeof clicks>) => {
  const truth = new Map<string, { clicks: number; paid: number }>()
  for (const click of all) {
    const cents = Math.round(Number(click.price) * 100)
    if (cents === 0) continue
    const ad = 'adId' in click ? String(click.adId) : 'none'
    const { clicks, paid } = truth.get(ad) ?? { clicks: 0, paid: 0 }
    truth.set(ad, { clicks: clicks + 1, paid: paid + cents })
  }
  return [...truth]
    .map(([ad, { clicks, paid }]) => `${ad} ${clicks} ${(paid / 100).toFixed(2)}`)
    .sort((a, b) => (a < b ? -1 : 1))
}

const QUESTION = (table: string): string => `SELECT ad_id, clicks, paid FROM ${table} ORDER BY ad_id`
/** Decimals come as the integers they are kept as. */
const shown = (rows: readonly Readonly<Record<string, unknown>>[]): readonly string[] =>
  rows.map(
    (row) => `${String(row['ad_id'])} ${String(row['clicks'])} ${(Number(row['paid']) / 100).toFixed(2)}`,
  )

const settled = async (): Promise<void> => {
  for (let round = 0; round < 3; round++) await p.settle()
}

test('what is sent again days later counts once in the stream, in ClickHouse and in DuckDB', async () => {
  await p.startSpeed({ limits: { stepRecords: 8 } })
  await p.produce('Click', ...clicks(0, 30))
  await settled()
  const earlier = p.store.snapshot()
  await p.produce('Click', ...clicks(30, 60))
  await settled()
  const sentOnce = (await p.ends()).filter(({ topic }) => topic.includes('by_ad'))
  p.setClock(START + 3 * DAY)
  p.store.restore(earlier)
  await p.produce('Click', ...clicks(60, 70))
  await settled()
  const sentTwice = (await p.ends()).filter(({ topic }) => topic.includes('by_ad'))
  const total = (ends: typeof sentOnce): number => ends.reduce((sum, { next }) => sum + next, 0)
  expect(total(sentTwice) - total(sentOnce)).toBeGreaterThan(20)

  const truth = truthOf(clicks(0, 70))
  const live = async () => {
    const { adClicksList } = await p.ask<{ adClicksList: { rows: readonly Record<string, unknown>[] } }>(
      '{ adClicksList(orderBy: [{ adId: ASC }]) { rows { adId clicks paid } } }',
    )
    return adClicksList.rows.map(
      ({ adId, clicks, paid }) => `${String(adId)} ${String(clicks)} ${String(paid)}`,
    )
  }
  expect(await live()).toEqual(truth)
  await p.generate()
  expect(p.said.warn).toEqual([])
  expect(await live()).toEqual(truth)
  expect(shown(await sql.query(QUESTION('tidewater.ad_clicks')))).toEqual(truth)
  expect(shown(await duckdb.query(QUESTION('ad_clicks')))).toEqual(truth)

  await p.produce('Click', ...clicks(70, 90))
  await settled()
  await p.archive()
  expect(await live()).toEqual(truthOf(clicks(0, 90)))
  await p.until(async () => {
    const [counted] = await sql.query('SELECT toInt32(count()) AS n FROM tidewater.raw_click_by_ad')
    return counted?.['n'] === total((await p.ends()).filter(({ topic }) => topic.includes('by_ad')))
  })
  expect(shown(await sql.query(QUESTION('tidewater.ad_clicks')))).toEqual(truthOf(clicks(0, 90)))
}, 60_000)
