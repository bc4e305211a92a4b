import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openParquetWriter } from '@tidewater/adapter-duckdb'
import { lineEncoder } from '@tidewater/engine-archive'
import type { GenerationPlan, GenerationRecord, Warehouse } from '@tidewater/ports'
import { startClickhouse } from '@tidewater/stack'
import { count, event, id, instant, int, sum, view } from 'tidewater'
import type { Catalog } from 'tidewater'
import { catalogOf } from 'tidewater/fixture'
import { openClickhouse, type Clickhouse } from '../open-clickhouse.ts'
import { createRawTables } from '../raw-tables.ts'
import { openClickhouseWarehouse } from './open-clickhouse-warehouse.ts'

const Sale = event('Sale', {
  fields: { shop: id(), at: instant(), units: int(), gifts: int() },
  key: 'shop',
  time: 'at',
})
const units = catalogOf([
  Sale,
  view('ByShop', { from: Sale, by: 'shop', measure: (e) => ({ n: sum(e.units) }) }),
])
const gifts = catalogOf([
  Sale,
  view('ByShop', { from: Sale, by: 'shop', measure: (e) => ({ n: sum(e.gifts) }) }),
  view('Added', { from: Sale, by: 'shop', measure: () => ({ sales: count() }) }),
])

let directory = ''
let server: Awaited<ReturnType<typeof startClickhouse>>
let sql: Clickhouse
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'warehouse-'))
  server = await startClickhouse({ dir: join(directory, 'clickhouse') })
  sql = openClickhouse({ url: server.url })
}, 60_000)
afterAll(async () => {
  await sql.close()
  await server.stop()
  await rm(directory, { recursive: true, force: true })
})

const open = (catalog: Catalog): Warehouse =>
  openClickhouseWarehouse({
    clickhouse: sql,
    raw: createRawTables(sql),
    lake: { generations: () => Promise.resolve([]), reconcileNotes: () => Promise.resolve(new Map()) },
    catalog,
    patienceMs: 5000,
  })
const planOf = (number: number, cut: number): GenerationPlan => ({
  ...{ number, id: `g${number}-x`, builtAt: 0, cuts: [{ topic: 'event.sale', partition: 0, cut }] },
  ...{
    files: new Map(),
    archived: [],
    views: ['ByShop', 'Added'],
    earlier: [],
    notes: new Map(),
    step: null,
  },
})
const recordOf = (plan: GenerationPlan): GenerationRecord => ({
  ...{ ...plan, fingerprints: {}, duckdbFile: null, clickhouse: true, files: [] },
})

test('a view that keeps its name and changes what it sums never mixes the two', async () => {
  const sale = units.events.get('Sale')!
  const encode = lineEncoder(sale)
  const lines = Array.from({ length: 10 }, (_, offset) =>
    encode(
      { shop: 's', at: 0, units: 100, gifts: 1 },
      { id: `i${offset}`, partition: 0, offset, appendedAt: 0 },
    ),
  )
  const path = join(directory, 'sales.parquet')
  const writer = await openParquetWriter({ threads: 1 })
  await writer.write(sale, lines, path)
  await writer.close()
  const raw = createRawTables(sql)
  await raw.prepare([sale], 'replace')
  await raw.load(sale, { topic: 'event.sale', partition: 0, from: 0, next: 10, path, horizonFrom: 0 })
  const answered = (): Promise<unknown> => sql.query('SELECT n, _generation FROM tidewater.by_shop')

  const before = open(units)
  await before.build(planOf(1, 8), () => undefined)
  await before.publish(recordOf(planOf(1, 8)))
  expect(await answered()).toEqual([{ n: 1000, _generation: 1 }])

  // The next worker shows the newest generation, which is of the old definition.
  const after = open(gifts)
  await after.publish(recordOf(planOf(1, 8)))
  expect(await answered()).toEqual([{ n: 10, _generation: 0 }])
  expect(await sql.query('SELECT sales FROM tidewater.added')).toEqual([{ sales: 10 }])
  await after.build(planOf(2, 9), () => undefined)
  await after.publish(recordOf(planOf(2, 9)))
  expect(await answered()).toEqual([{ n: 10, _generation: 2 }])
})
