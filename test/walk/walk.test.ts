import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDuckdb } from '@tidewater/adapter-duckdb'
import { openLake } from '@tidewater/adapter-lake'
import { partitionFor } from '@tidewater/base'
import { loadCatalog, loadConfig, createLog } from '@tidewater/runtime'
import { runInMemory, type MemoryPlatform } from '@tidewater/platform'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { graphql } from '../e2e/platform.ts'

const TOPIC = 'event.shop_event'
const PARTITIONS = 8
const PURCHASE = {
  ...{
    eventId: 'e-1',
    userId: 'ada',
    sessionId: 's-1',
    type: 'purchase',
    productId: 'p-0001',
    amount: '19.90',
  },
  at: new Date(Date.now() - 1_000).toISOString(),
}

let directory: string
let platform: MemoryPlatform

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tidewater-walk-'))
  // Only what is set here: the surroundings must not change the walk.
  const config = loadConfig({ HTTP_PORT: '0', BATCH_EVERY: 'off', PARTITIONS: String(PARTITIONS) })
  const catalog = await loadCatalog({ dirs: [] })
  platform = await runInMemory({ catalog, config, directory, logOf: () => createLog('walk', 'warn') })
})

afterAll(async () => {
  await platform.stop()
  await rm(directory, { recursive: true, force: true })
})

interface Status {
  readonly status: {
    readonly partitions: { topic: string; partition: number; high: number; next: number; archived: number }[]
  }
}

const post = async (
  ...events: readonly object[]
): Promise<{ status: number; body: Record<string, unknown> }> => {
  const response = await fetch(`${platform.url}/events/ShopEvent?receipt=1`, {
    method: 'POST',
    body: JSON.stringify(events),
  })
  return { status: response.status, body: JSON.parse(await response.text()) }
}

const ask = <T>(query: string): Promise<T> => graphql<T>(platform.url, query)

const placeNow = async (): Promise<Status['status']['partitions'][number] | undefined> => {
  const { status } = await ask<Status>('{ status { partitions { topic partition high next archived } } }')
  return status.partitions.find(
    ({ topic, partition }) => topic === TOPIC && partition === partitionFor('ada', PARTITIONS),
  )
}

const applied = (next: number): Promise<void> =>
  expect.poll(async () => (await placeNow())?.next, { timeout: 5_000, interval: 20 }).toBe(next)

interface Layers {
  readonly merged: { rows: [Totals] }
  readonly batch: { rows: Totals[] }
  readonly speed: { rows: Totals[] }
}
interface Totals {
  readonly orders: number
  readonly revenue: string
}

/** What is sold in all, of each layer, in one operation: all three are of one moment. */
const sales = async (): Promise<{ merged: Totals; batch: Totals | undefined; speed: Totals | undefined }> => {
  const of = (layer: string) =>
    `salesByProduct(from: "now-1h", every: "all", groupBy: [], layer: ${layer}) { rows { orders revenue } }`
  const { merged, batch, speed } = await ask<Layers>(
    `{ merged: ${of('MERGED')} batch: ${of('BATCH')} speed: ${of('SPEED')} }`,
  )
  return { merged: merged.rows[0], batch: batch.rows[0], speed: speed.rows[0] }
}

const sum = (a: Totals | undefined, b: Totals | undefined): Totals => ({
  orders: (a?.orders ?? 0) + (b?.orders ?? 0),
  revenue: (Number(a?.revenue ?? 0) + Number(b?.revenue ?? 0)).toFixed(2),
})

it('walks one event from the door to the answer, and across the seam', async () => {
  // 1-3: the door judges by the definition; a bad neighbour is told why and the good event goes into the log by its key.
  const answer = await post(PURCHASE, { ...PURCHASE, eventId: 'e-x', amount: 'much' })
  expect(answer.status).toBe(202)
  expect(answer.body).toMatchObject({ accepted: 1, rejected: [{ index: 1, reasons: [{ field: 'amount' }] }] })
  expect(answer.body['records']).toMatchObject([
    { topic: TOPIC, partition: partitionFor('ada', PARTITIONS), offset: 0 },
  ])
  // 4-5: the speed layer applies and commits it.
  await applied(1)
  // 6-7: serving answers, from the speed layer alone while there is no generation.
  const activity =
    '{ userActivity(userId: "ada") { eventCountRealtime eventVelocity lastEventType freshness { generation } } }'
  expect(await ask(activity)).toEqual({
    userActivity: {
      eventCountRealtime: 1,
      eventVelocity: 1,
      lastEventType: 'purchase',
      freshness: { generation: 0 },
    },
  })
  const one = { orders: 1, revenue: '19.90' }
  expect(await sales()).toEqual({ merged: one, batch: undefined, speed: one })

  // 8: a generation: cut, archived, recomputed, published.
  expect(await ask('mutation { runGeneration { number published } }')).toEqual({
    runGeneration: { number: 1, published: true },
  })
  expect((await placeNow())?.archived).toBe(1)
  const entries = await (await openLake(platform.lakeDir)).entries(TOPIC)
  expect(entries.filter(({ rows }) => rows > 0)).toMatchObject([
    { partition: partitionFor('ada', PARTITIONS), from: 0, next: 1, rows: 1 },
  ])
  expect(await soldInDuckdb()).toEqual([{ product_id: 'p-0001', orders: 1, revenue: '19.90' }])
  expect(await sales()).toEqual({ merged: one, batch: one, speed: undefined })

  // 9: what comes after the cut is the speed layer's; the two together are the answer; a repeat adds nothing.
  await post({ ...PURCHASE, eventId: 'e-2', amount: '0.10' }, PURCHASE)
  await applied(3)
  const both = await sales()
  expect(both).toEqual({
    merged: { orders: 2, revenue: '20.00' },
    batch: one,
    speed: { orders: 1, revenue: '0.10' },
  })
  expect(sum(both.batch, both.speed)).toEqual(both.merged)

  // 10: every answer is what a recompute from the archive says at the answer's own offsets.
  const { reconcile } = await ask<{ reconcile: { checked: number } }>(
    'mutation { reconcile { checked mismatched missing extra first } }',
  )
  expect(reconcile).toMatchObject({ mismatched: 0, missing: 0, extra: 0, first: null })
  expect(reconcile.checked).toBeGreaterThan(3)
})

/** What an analyst sees in the published file, in the columns of the view. */
const soldInDuckdb = async (): Promise<readonly object[]> => {
  const file = join(platform.publishedDir, 'tidewater.duckdb')
  expect(existsSync(file)).toBe(true)
  const engine = await openDuckdb({ path: file, readOnly: true, connections: 1 })
  try {
    return await engine.query(
      'SELECT product_id, orders, CAST(revenue AS VARCHAR) AS revenue FROM sales_by_product',
    )
  } finally {
    await engine.close()
  }
}

it('tells the same as its parts: health, readiness, metrics', async () => {
  const get = async (path: string): Promise<string> => (await fetch(`${platform.url}${path}`)).text()
  expect(JSON.parse(await get('/health'))).toEqual({ status: 'ok' })
  expect(JSON.parse(await get('/ready'))).toMatchObject({ status: 'ready' })
  expect(await get('/metrics')).toContain(
    'tidewater_intake_events_total{what="accepted",event="ShopEvent"} 3',
  )
})
