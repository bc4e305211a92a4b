import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDuckdb, openDuckdbBatchReader } from '@tidewater/adapter-duckdb'
import { must } from '@tidewater/base'
import type { BatchReader, JoinedQuery } from '@tidewater/ports'
import {
  count,
  event,
  id,
  instant,
  int,
  minutes,
  oneOf,
  slotsTableOf,
  SQL_INTERNAL,
  sum,
  tumbling,
  view,
} from 'tidewater'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Serving } from '@tidewater/engine-serving'
import { openTestPlatform, type TestPlatform } from '@tidewater/testing/platform'
import { catalogOf } from 'tidewater/fixture'

const START = Date.UTC(2026, 0, 1, 12)
const Sale = event('Sale', {
  fields: { shop: id(), country: oneOf('FR', 'DE'), at: instant(), units: int() },
  key: 'shop',
  time: 'at',
})
const ByMinute = view('ByMinute', {
  from: Sale,
  by: ['shop', 'country'],
  window: tumbling(minutes(1)),
  measure: (e) => ({ sales: count(), units: sum(e.units) }),
})
const catalog = catalogOf([Sale, ByMinute])

const MINUTE = 60_000
const DAY = 86_400_000
const MINUTES = 3_000_000
/** The generation's windows begin here. */
const FIRST = START - MINUTES * MINUTE

let directory = ''
/** One sale a minute for 3,000,000 minutes up to START: of `n % 1000` units, in 'a' but every tenth in 'b'. */
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'joined-'))
  const engine = await openDuckdb({ path: join(directory, 'tidewater-g1-x.duckdb'), connections: 1 })
  await engine.execute(`CREATE SCHEMA ${SQL_INTERNAL}`)
  await engine.execute(
    `CREATE TABLE ${SQL_INTERNAL}.${slotsTableOf('ByMinute')} AS SELECT CAST(0 AS BIGINT) AS _partition, ${FIRST} + n * ${MINUTE} AS _bucket,
    CASE WHEN n % 10 = 0 THEN 'b' ELSE 'a' END AS k0, 'FR' AS k1, CAST(0 AS BIGINT) AS _grain, CAST(0 AS BIGINT) AS _tile,
    CAST(1 AS BIGINT) AS c0, CAST(n % 1000 AS HUGEINT) AS c1 FROM range(${MINUTES}) AS t(n)`,
  )
  await engine.close()
}, 180_000)
afterAll(() => rm(directory, { recursive: true, force: true }))

let p: TestPlatform
let serving: Serving
let reader: BatchReader
afterEach(async () => {
  await p.close()
  await reader.close()
})

/** The windows of the file, whatever the platform's own generation is called. */
const ofFile = (query: JoinedQuery): JoinedQuery => ({ ...query, generation: 'g1-x' })

beforeEach(async () => {
  p = await openTestPlatform({ catalog, partitions: 4, startMs: START })
  await p.startSpeed()
  await p.generate()
  p.setClock(START)
  reader = openDuckdbBatchReader({ directory, lake: { entries: async () => [], path: (f) => f }, catalog })
  const held = p.held(reader)
  const { rows, count: counted } = must(held.joined, 'joined')
  const joined = {
    rows: (query: JoinedQuery) => rows(ofFile(query)),
    count: (query: JoinedQuery) => counted(ofFile(query)),
  }
  serving = await p.startServing({ batch: { ...held, joined } })
})
const sell = async (shop: string, soldAt: number, units: number): Promise<void> => {
  await p.produce('Sale', { shop, country: 'FR', at: soldAt, units })
  await p.settle()
}
const ask = async <T>(source: string): Promise<T> => {
  const { byMinute } = await p.ask<{ byMinute: T }>(source, serving)
  return byMinute
}
const at = (ms: number): string => new Date(ms).toISOString()

it('the top ten of three million windows by a measure, and how many there are, count what came since', async () => {
  // In the newest window (999 units) 5 more; in an old one of 998 units 2 more; one that the generation has not at all.
  await sell('a', START - MINUTE, 5)
  await sell('a', FIRST + 998 * MINUTE, 2)
  await sell('c', START - 60 * MINUTE, 2_000)
  const answer = await ask<object>(
    '{ byMinute(first: 5, orderBy: [{ units: DESC }]) { rows { start shop units } rowCount next } }',
  )
  expect(answer).toEqual({
    rows: [
      { start: at(START - 60 * MINUTE), shop: 'c', units: 2_000 },
      { start: at(START - MINUTE), shop: 'a', units: 1_004 },
      { start: at(FIRST + 998 * MINUTE), shop: 'a', units: 1_000 },
      { start: at(FIRST + 999 * MINUTE), shop: 'a', units: 999 },
      { start: at(FIRST + 1_999 * MINUTE), shop: 'a', units: 999 },
    ],
    rowCount: MINUTES + 1,
    next: expect.any(String) as string,
  })
}, 180_000)

it('three million windows by days, by key and by what their measures are', async () => {
  await sell('a', START - MINUTE, 5)
  // Noon to noon: the first day has 720 of its minutes.
  expect(
    await ask<object>('{ byMinute(every: "1d", groupBy: [], first: 2) { rows { start sales } rowCount } }'),
  ).toEqual({
    rows: [
      {
        start: at(Math.floor(FIRST / DAY) * DAY),
        sales: (DAY - (FIRST - Math.floor(FIRST / DAY) * DAY)) / MINUTE,
      },
      { start: at(Math.floor(FIRST / DAY) * DAY + DAY), sales: 1_440 },
    ],
    rowCount: Math.floor((START - 1) / DAY) - Math.floor(FIRST / DAY) + 1,
  })
  expect(
    await ask<object>('{ byMinute(where: { shop: { eq: "b" } }, first: 2) { rows { start } rowCount } }'),
  ).toEqual({
    rows: [{ start: at(FIRST) }, { start: at(FIRST + 10 * MINUTE) }],
    rowCount: 300_000,
  })
  expect(await ask<object>('{ byMinute(where: { units: { gte: 998 } }, first: 0) { rowCount } }')).toEqual({
    rowCount: 6_000,
  })
  expect(
    await ask<object>('{ byMinute(every: "all", groupBy: [shop]) { rows { start shop sales } } }'),
  ).toEqual({
    rows: [
      { start: at(FIRST), shop: 'a', sales: 2_700_001 },
      { start: at(FIRST), shop: 'b', sales: 300_000 },
    ],
  })
}, 180_000)
