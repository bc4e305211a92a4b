import type { SlotRow } from '@tidewater/plan'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  createRawTables,
  openClickhouse,
  openClickhouseBatchReader,
  openClickhouseWarehouse,
  type Clickhouse,
} from '@tidewater/adapter-clickhouse'
import { openLake } from '@tidewater/adapter-lake'
import { must } from '@tidewater/base'
import { ALL_WINDOWS } from '@tidewater/ports'
import { startClickhouse } from '@tidewater/stack'
import { batchAndTruth, openShops, type Shops } from '@tidewater/testing/shops'

let directory = ''
let server: Awaited<ReturnType<typeof startClickhouse>>
let sql: Clickhouse
let platform: Shops
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'both-'))
  server = await startClickhouse({ dir: join(directory, 'clickhouse') })
  sql = openClickhouse({ url: server.url })
  const raw = createRawTables(sql)
  platform = await openShops({
    raw,
    open: async (root, catalog) =>
      openClickhouseWarehouse({
        ...{ clickhouse: openClickhouse({ url: server.url }), raw, catalog, patienceMs: 5000 },
        lake: await openLake(root),
      }),
  })
}, 60_000)
afterAll(async () => {
  await platform.close()
  await sql.close()
  await server.stop()
  await rm(directory, { recursive: true, force: true })
})

const shops = async () =>
  new Map(
    (await sql.query(`SELECT shop, sales, revenue FROM tidewater.shop_totals ORDER BY shop`)).map((row) => [
      row['shop'],
      row,
    ]),
  )
const shopsExpected = async () => {
  return new Map(
    platform
      .truth('ShopTotals', await platform.ends())
      .map(({ keys, measures }) => [
        keys['shop'],
        { shop: keys['shop'], sales: measures['sales'], revenue: measures['revenue'] },
      ]),
  )
}
const loaded = (rows: number): Promise<void> =>
  platform.until(async () => {
    const [counted] = await sql.query(`SELECT toInt32(count()) AS n FROM tidewater.raw_sale`)
    return counted?.['n'] === rows
  })

test('ClickHouse answers before the first generation, after it, and beyond its cut, each record once', async () => {
  for (const warehouse of platform.ports.warehouses) await platform.during(warehouse.publish(null))
  await platform.produce(70)
  await loaded(70)
  expect(await shops()).toEqual(await shopsExpected())
  await platform.apply()
  expect(await platform.run()).toMatchObject({ kind: 'published', generation: { clickhouse: true } })
  expect(platform.warnings).toEqual([])
  expect(await shops()).toEqual(await shopsExpected())
  await platform.produce(50)
  await loaded(120)
  expect(await shops()).toEqual(await shopsExpected())
  const [row] = await sql.query(`SELECT any(_generation) AS generation FROM tidewater.shop_totals`)
  expect(row).toEqual({ generation: 1 })
  await platform.apply()
  await platform.run()
  expect(await shops()).toEqual(await shopsExpected())
}, 60_000)

test('both engines show the same rows of a generation', async () => {
  await platform.produce(30)
  await platform.apply()
  const result = await platform.run()
  const query = 'SELECT window_start, window_end, shop, sales, revenue FROM sales_by_minute ORDER BY ALL'
  const ours = await platform.query(query)
  await loaded(150)
  expect(result).toMatchObject({ kind: 'published', generation: { clickhouse: true } })
  expect(await sql.query(query.replace('FROM ', 'FROM tidewater.'))).toEqual(ours)
  expect(ours.length).toBeGreaterThan(10)
}, 60_000)

test('the twin answers as of another instant; the catalogue and the generations can be asked', async () => {
  const at = await sql.query(
    `SELECT shop, sales FROM tidewater.shop_totals_at(as_of = '2026-01-01 00:02:00') ORDER BY shop`,
  )
  expect(at.length).toBe(4)
  const catalogue = await sql.query(
    `SELECT DISTINCT name, kind FROM tidewater.tidewater_catalog ORDER BY name`,
  )
  expect(catalogue).toEqual([
    { name: 'raw_sale', kind: 'event' },
    { name: 'sales_by_minute', kind: 'view' },
    { name: 'shop_totals', kind: 'view' },
  ])
  const [row] = await sql.query(
    `SELECT toInt32(count()) AS rows, toInt32(max(generation)) AS newest FROM tidewater.tidewater_generation`,
  )
  expect(row).toEqual({ rows: 6, newest: 3 })
  const [tables] = await sql.query(
    `SELECT toInt32(count()) AS n FROM system.tables WHERE database = 'tidewater_internal'`,
  )
  expect(tables).toEqual({ n: 4 })
})

test('without ClickHouse a generation is published by DuckDB alone, and said so', async () => {
  const [duckdb] = platform.ports.warehouses
  await platform.produce(10)
  await platform.apply()
  const away = openClickhouseWarehouse({
    clickhouse: openClickhouse({ url: 'http://127.0.0.1:1' }),
    raw: createRawTables(openClickhouse({ url: 'http://127.0.0.1:1' })),
    lake: platform.lake,
    catalog: platform.catalog,
    patienceMs: 1000,
  })
  if (duckdb === undefined) throw new Error('no DuckDB')
  const ports = { ...platform.ports, warehouses: [duckdb, away] }
  const result = await platform.run(ports)
  expect(result).toMatchObject({ kind: 'published', generation: { clickhouse: false } })
  expect(platform.warnings.some((warning) => warning.includes('published without clickhouse'))).toBe(true)
  const { batch, truth } = await batchAndTruth(platform)
  expect(batch).toEqual(truth)
  await loaded(160)
  expect(await shops()).toEqual(await shopsExpected())
}, 60_000)

test('ClickHouse alone computes a generation: the store is filled from it, serving reads its windows, nothing is lost', async () => {
  await platform.produce(40)
  await loaded(200)
  await platform.apply()
  const warehouses = platform.ports.warehouses.filter(({ name }) => name === 'clickhouse')
  const result = await platform.run({ ...platform.ports, warehouses })
  if (result.kind !== 'published') throw new Error(result.kind)
  const { generation } = result
  expect(generation).toMatchObject({ clickhouse: true, duckdbFile: null })
  const asOf = platform.clock.now()
  const { pointer, batch, truth } = await batchAndTruth(platform)
  expect(pointer.id).toBe(generation.id)
  expect(batch).toEqual(truth)
  const reader = openClickhouseBatchReader({
    clickhouse: openClickhouse({ url: server.url }),
    catalog: platform.catalog,
    history: { history: () => Promise.reject(new Error('not asked')), close: async () => undefined },
  })
  const machine = must(platform.machines.get('SalesByMinute'), 'SalesByMinute')
  const slots: SlotRow[] = []
  for await (const chunk of reader.slots({
    generation: generation.id,
    view: 'SalesByMinute',
    ...ALL_WINDOWS,
  }))
    slots.push(...chunk)
  await reader.close()
  const groups = Map.groupBy(slots, (row) => `${row.bucket} ${row.keys.join()}`)
  const offsets = pointer.cuts.map(({ cut, ...place }) => ({ ...place, next: cut }))
  const expected = platform.truth('SalesByMinute', offsets)
  expect(
    new Map([...groups].map(([name, own]) => [name, machine.present(machine.fromSlots(own), asOf)])),
  ).toEqual(new Map(expected.map(({ start, keys, measures }) => [`${start} ${keys['shop']}`, measures])))
  platform.loseStore()
  await platform.run({ ...platform.ports, warehouses })
  expect((await batchAndTruth(platform)).batch).toEqual(batch)
}, 60_000)
