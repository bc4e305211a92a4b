import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@tidewater/stack'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPlatform, type Platform } from './platform.ts'
import { clickhouseHasAll, clickhouseQuery, notebookQuery } from './retail-sql.ts'

const DEFINITIONS = `
import {
  boolean, breakdown, count, days, decimal, ema, event, histogram, hours, id, instant, ratioOf, sum,
  text, topK, view,
} from 'tidewater'

export const Visit = event('Visit', {
  fields: {
    site: id(), page: text(), country: text(), at: instant(), spent: decimal(9, 2), bought: boolean(),
  },
  key: 'site',
  time: 'at',
})

export const Site = view('Site', {
  from: Visit,
  by: 'site',
  measure: (v) => ({
    pages: topK(v.page, { n: 2 }),
    visits: breakdown(v.country, count(), { top: 3 }),
    revenue: breakdown(v.country, sum(v.spent), { top: 1 }),
    crowded: breakdown(v.page, count(), { top: 1, atMost: 2 }),
    smooth: ema(v.spent, { halfLife: hours(1) }),
    heat: count().decaying({ halfLife: days(365) }),
    bought: ratioOf(count({ where: v.bought }), count()),
    sizes: histogram(v.spent, [10]),
  }),
})
`

// All at the same point of their hours, so that the mean by hand is (10 + 2 × 0 + 4 × 13 + 4 × 13) ÷ 11.
const VISITS = [
  { page: '/', country: 'FR', at: '2026-01-05T10:00:00Z', spent: '10.00', bought: true },
  { page: '/a b', country: 'DE', at: '2026-01-05T11:00:00Z', spent: '0.00', bought: false },
  { page: '/a b', country: 'DE', at: '2026-01-05T12:00:00Z', spent: '13.00', bought: true },
  { page: '/c', country: 'é', at: '2026-01-05T12:00:00Z', spent: '13.00', bought: true },
].map((visit) => ({ site: 'x', ...visit }))
const NEWEST = '2026-01-05T12:00:00Z'

const entry = <T>(key: string, value: T) => ({ key, value })
/** Equal totals are in the order of their keys. */
const PAGES = [entry('/a b', 2), entry('/', 1)]
const COUNTRIES = [entry('DE', 2), entry('FR', 1), entry('é', 1)]
const SMOOTH = (10 + 2 * 0 + 4 * 13 + 4 * 13) / 11
const heatAt = (asOf: number): number =>
  VISITS.reduce((sum, { at }) => sum + 2 ** ((Date.parse(at) - asOf) / (365 * 86_400_000)), 0)

interface Answer {
  readonly smooth: number
  readonly heat: number
  readonly freshness: { readonly asOf: string; readonly degraded: readonly string[] }
}

const QUERY = `{ site(site: "x") {
  pages { key value } visits { key value } revenue { key value } crowded { key value }
  smooth heat bought sizes freshness { asOf degraded } } }`

const answersOf = async (platform: Platform): Promise<void> => {
  const { site } = await platform.graphql<{ site: Answer }>(QUERY)
  expect(site).toMatchObject({
    pages: PAGES,
    visits: COUNTRIES,
    revenue: [entry('DE', '13.00')],
    crowded: [],
    bought: 0.75,
    sizes: [1, 3],
  })
  expect(site.freshness.degraded).toContain('breakdown:crowded')
  expect(site.smooth).toBeCloseTo(SMOOTH, 6)
  expect(site.heat).toBeCloseTo(heatAt(Date.parse(site.freshness.asOf)), 4)
}

/** A list as a person of SQL takes it apart. */
const SQL = (unnested: string, key: string, value: string): string =>
  `SELECT ${key} AS k, CAST(${value} AS VARCHAR) AS n FROM (SELECT ${unnested} AS e FROM site) AS s`

const listsOf = async (
  query: (sql: string) => Promise<readonly Readonly<Record<string, string>>[]>,
  unnest: (column: string) => string,
  asOf: number,
): Promise<void> => {
  const list = (column: string) => query(SQL(unnest(column), 'e.key', 'e.value'))
  const shown = (entries: readonly { readonly key: string; readonly value: unknown }[]) =>
    entries.map(({ key, value }) => ({ k: key, n: String(value) }))
  expect(await list('pages')).toEqual(shown(PAGES))
  expect(await list('visits')).toEqual(shown(COUNTRIES))
  expect((await list('revenue')).map(({ k, n }) => [k, Number(n)])).toEqual([['DE', 13]])
  expect(await list('crowded')).toEqual([])
  const sizes = await query(`SELECT CAST(${unnest('sizes')} AS VARCHAR) AS n FROM site`)
  expect(sizes).toEqual([{ n: '1' }, { n: '3' }])
  const [numbers] = await query('SELECT CAST(smooth AS VARCHAR) AS s, CAST(heat AS VARCHAR) AS h FROM site')
  expect(Number(numbers?.['s'])).toBeCloseTo(SMOOTH, 6)
  expect(Number(numbers?.['h'])).toBeCloseTo(heatAt(asOf), 4)
}

describe.each([
  { where: 'in memory', args: ['--memory'] },
  { where: 'on servers', args: [] },
])('the aggregates of integers $where', ({ args }) => {
  let directory: string
  let platform: Platform

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tidewater-sketches-'))
    await writeFile(join(directory, 'visits.ts'), DEFINITIONS)
    const port = args.length === 0 ? [] : ['--port', String(await freePort())]
    platform = await startPlatform({
      args: [...args, ...port, '--pipelines', directory],
      env: { ARCHIVE_EVERY: '500' },
    })
    const body = VISITS.map((visit) => JSON.stringify(visit)).join('\n')
    const response = await fetch(`${platform.url}/events/Visit`, { method: 'POST', body })
    expect([response.status, await response.json()]).toMatchObject([202, { accepted: VISITS.length }])
  })

  afterAll(async () => {
    await platform.stop()
    await rm(directory, { recursive: true, force: true })
  })

  it('answer in GraphQL from the stream', async () => {
    await expect
      .poll(() => answersOf(platform).then(() => 'as by hand'), { timeout: 20_000 })
      .toBe('as by hand')
  })

  it('say their error where they are asked for', async () => {
    const { described } = await platform.graphql<{
      described: { fields: { name: string; description: string }[] }
    }>('{ described: __type(name: "Site") { fields { name description } } }')
    const of = (name: string) => described.fields.find((field) => field.name === name)?.description
    expect(of('pages')).toContain('a count of share p of all is off by 2.3 % × √p of all (standard error)')
    expect(of('visits')).toContain('Exact up to `atMost` keys; beyond, it is empty and flagged')
    expect(of('smooth')).toContain('a weight is at most 0.0003 % off')
  })

  // Only servers have a ClickHouse.
  if (args.length === 0)
    it('are lists that ClickHouse takes apart, live', async () => {
      await clickhouseHasAll(platform, 'event.visit', 'raw_visit')
      const ask = (sql: string) => clickhouseQuery(platform, sql)
      await listsOf(ask, (column) => `arrayJoin(${column})`, Date.now())
    })

  it('are the same from the batch layer, and lists in the published DuckDB file', async () => {
    await platform.cli('generation')
    await answersOf(platform)
    const ask = (sql: string) => notebookQuery(platform, sql)
    // The file stands still: it is of the newest event.
    await listsOf(ask, (column) => `unnest(${column})`, Date.parse(NEWEST))
    const report: unknown = JSON.parse(await platform.cli('reconcile', '--json'))
    expect(report).toMatchObject({ mismatched: 0, missing: 0, extra: 0 })
  })
})
