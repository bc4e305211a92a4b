import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  createRawTables,
  openClickhouse,
  openClickhouseBatchReader,
  openClickhouseWarehouse,
} from '@tidewater/adapter-clickhouse'
import { openDuckdbBatchReader } from '@tidewater/adapter-duckdb'
import { openLake } from '@tidewater/adapter-lake'
import { must } from '@tidewater/base'
import type { JoinedRows, TopRows } from '@tidewater/merge'
import type { SlotRow } from '@tidewater/plan'
import { ALL_WINDOWS } from '@tidewater/ports'
import type { BatchReader } from '@tidewater/ports'
import { startClickhouse } from '@tidewater/stack'
import { openShops, type Shops } from '@tidewater/testing/shops'

let directory = ''
let server: Awaited<ReturnType<typeof startClickhouse>>
let platform: Shops
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lists-'))
  server = await startClickhouse({ dir: join(directory, 'clickhouse') })
  const clickhouse = openClickhouse({ url: server.url })
  const raw = createRawTables(clickhouse)
  platform = await openShops({
    raw,
    open: async (root, catalog) =>
      openClickhouseWarehouse({
        ...{ clickhouse, raw, catalog, patienceMs: 5000 },
        lake: await openLake(root),
      }),
  })
}, 60_000)
afterAll(async () => {
  await platform.close()
  await server.stop()
  await rm(directory, { recursive: true, force: true })
})

interface Joined {
  readonly slots: readonly SlotRow[]
  readonly count: number
}

test('both engines join, order, cut and count the windows of a list alike', async () => {
  await platform.produce(40)
  await platform.apply()
  const result = await platform.run()
  if (result.kind !== 'published') throw new Error(result.kind)
  const clickhouse = openClickhouseBatchReader({
    clickhouse: openClickhouse({ url: server.url }),
    catalog: platform.catalog,
    history: { history: () => Promise.reject(new Error('not asked')), close: async () => undefined },
  })
  const duckdb = openDuckdbBatchReader({
    directory: platform.published,
    lake: { entries: () => Promise.resolve([]), path: (file) => file },
    catalog: platform.catalog,
  })
  const top: TopRows = {
    ...{ asOf: 0, after: null, limit: 5 },
    having: [{ column: 'sales', test: { gte: 1 } }],
    order: [{ column: 'revenue', direction: 'DESC' }],
  }
  const hours: JoinedRows = {
    from: ALL_WINDOWS.from,
    to: ALL_WINDOWS.to,
    windows: { kind: 'duration', ms: 3_600_000 },
    where: [{ column: 'shop', test: { startsWith: '' } }],
    ...{ groupBy: null, starts: null, top: null },
  }
  const lists: readonly JoinedRows[] = [
    hours,
    { ...hours, windows: 'all' },
    { ...hours, windows: { kind: 'duration', ms: 60_000 }, top },
    { ...hours, windows: { kind: 'calendar', unit: 'day', zone: 'Europe/Berlin' }, groupBy: [], where: [] },
    {
      ...hours,
      starts: { kind: 'without', ms: [0] },
      top: { ...top, after: { values: [500], start: 0, id: '' } },
    },
  ]
  const answers = async (reader: BatchReader): Promise<Joined[]> => {
    const joined = must(reader.joined, 'joined')
    const query = { generation: result.generation.id, view: 'SalesByMinute' }
    const found: Joined[] = []
    for (const rows of lists) {
      const slots: SlotRow[] = []
      for await (const chunk of joined.rows({ ...query, rows })) slots.push(...chunk)
      slots.sort((a, b) => a.bucket - b.bucket || (String(a.keys[0]) < String(b.keys[0]) ? -1 : 1))
      found.push({ slots, count: await joined.count({ ...query, rows }) })
    }
    await reader.close()
    return found
  }
  const [ours, theirs] = [await answers(duckdb), await answers(clickhouse)]
  expect(theirs).toEqual(ours)
  expect(ours[0]?.slots.length).toBeGreaterThan(1)
}, 60_000)
