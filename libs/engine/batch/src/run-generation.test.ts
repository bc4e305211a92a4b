import { readdir, rm } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { GenerationRecord } from '@tidewater/ports'
import { decodeHeader, encodeHeader, encodeValue, lacksPart, readPointer } from '@tidewater/seam'
import { changedDefinitions, expectTruth, openShops, TOPIC, type Shops } from '@tidewater/testing/shops'
import type { BatchPorts } from './batch-ports.ts'
import { publishNewest } from './run-generation.ts'

let platform: Shops
beforeEach(async () => {
  platform = await openShops()
})
afterEach(() => platform.close())

const newestOf = (partition: number): number =>
  Math.max(
    ...platform.events.filter((record) => record.partition === partition).map(({ row }) => Number(row['at'])),
  )

test('a generation holds everything below its cut, each record once', async () => {
  await platform.produce(100)
  await platform.apply()
  const result = await platform.run()
  expect(result).toMatchObject({
    kind: 'published',
    generation: { number: 1, cuts: [0, 1].map((partition) => ({ cut: 50, newest: newestOf(partition) })) },
  })
  expect(await expectTruth(platform)).toBe(1)
  await platform.produce(30)
  await platform.apply()
  expect(await platform.run()).toMatchObject({ kind: 'published', generation: { number: 2 } })
  expect(await expectTruth(platform)).toBe(2)
  expect(platform.warnings).toEqual([])
})

test('without anything new it is skipped', async () => {
  await platform.produce(10)
  await platform.apply()
  await platform.run()
  expect(await platform.run()).toMatchObject({ kind: 'skipped', generation: { number: 1 } })
})

test('entries are compacted, keep tiling, and old files go when no kept generation names them', async () => {
  for (let n = 0; n < 4; n++) {
    await platform.produce(100)
    await platform.apply()
    await platform.run()
  }
  const entries = await platform.during(platform.lake.entries(TOPIC))
  for (const { partition } of platform.places) {
    const own = entries.filter((entry) => entry.partition === partition)
    expect(own.map((entry) => entry.from)).toEqual([0, ...own.slice(0, -1).map((entry) => entry.next)])
    expect(own.reduce((rows, entry) => rows + entry.rows, 0)).toBe(200)
    expect(own.length).toBeLessThanOrEqual(4)
  }
  const files = await readdir(platform.lake.path(`data/${TOPIC}/0`))
  const named = (await platform.during(platform.lake.generations()))
    .slice(-2)
    .flatMap((generation) => generation.files)
  const needed = new Set(
    [...named, ...entries.map((entry) => entry.file)].filter((file) => file?.includes('/0/')),
  )
  expect(files.length).toBe(needed.size)
})

test('the published file shows views, raw rows without gaps, comments and the generation', async () => {
  await platform.produce(60)
  await platform.apply()
  await platform.run()
  const asOf = await platform.query(`SELECT max("at") AS newest FROM raw_sale`)
  const rows = await platform.query(
    `SELECT shop, sales, revenue, _generation, _as_of FROM shop_totals ORDER BY shop`,
  )
  const expected = platform.truth('ShopTotals', await platform.ends(), Number(asOf[0]?.['newest']))
  expect(rows.map(({ shop, sales, revenue }) => ({ shop, sales, revenue }))).toEqual(
    expected
      .map(({ keys, measures: { sales, revenue } }) => ({ shop: keys['shop'], sales, revenue }))
      .sort((a, b) => (String(a.shop) < String(b.shop) ? -1 : 1)),
  )
  expect(rows[0]).toMatchObject({ _generation: 1, _as_of: asOf[0]?.['newest'] })
  const [raw] = await platform.query(`SELECT count(*) AS rows, sum(_dup)::BIGINT AS dups FROM raw_sale`)
  expect(raw).toEqual({ rows: 60, dups: 8 })
  const [minutes] = await platform.query(`SELECT sum(sales)::BIGINT AS sales FROM sales_by_minute`)
  expect(minutes).toEqual({ sales: 52 })
  const later = await platform.query(
    `SELECT sales, lately FROM shop_totals_at(TIMESTAMP '2026-01-01 00:01:00') ORDER BY shop`,
  )
  expect(later.length).toBe(4)
  expect(
    await platform.query(`SELECT comment FROM duckdb_tables() WHERE table_name = 'shop_totals'`),
  ).toEqual([{ comment: 'What a shop sold. Times are UTC.' }])
  expect(
    (await platform.query(`SELECT DISTINCT name, kind FROM tidewater_catalog ORDER BY name`)).map(
      (row) => row['name'],
    ),
  ).toEqual(['raw_sale', 'sales_by_minute', 'shop_totals'])
  expect(await platform.query(`SELECT "partition", cut FROM tidewater_generation ORDER BY ALL`)).toEqual([
    { partition: 0, cut: 30 },
    { partition: 1, cut: 30 },
  ])
})

test('an empty store is filled again from the newest generation', async () => {
  await platform.produce(40)
  await platform.apply()
  await platform.run()
  platform.loseStore()
  expect(await platform.run()).toMatchObject({ kind: 'skipped' })
  expect(await expectTruth(platform)).toBe(1)
})

test('a lost store that a worker of other definitions fills says what it lacks, until one that knows it comes', async () => {
  await platform.produce(40)
  await platform.apply()
  await platform.run()
  platform.loseStore()
  const { machines } = platform.options
  const fingerprint = machines.get('ShopTotals')?.fingerprint ?? ''
  const others = new Map([...machines].filter(([view]) => view !== 'ShopTotals'))
  const lacking = async (): Promise<readonly boolean[]> => {
    const pointer = await readPointer(platform.store)
    const headers = await Promise.all(platform.places.map((place) => platform.store.header(place)))
    return headers.map(
      (h) => h !== null && pointer !== null && lacksPart(decodeHeader(h), pointer, fingerprint),
    )
  }
  await platform.during(
    publishNewest(platform.ports, { ...platform.options, machines: others }, platform.places),
  )
  expect(await lacking()).toEqual([true, true])
  await platform.during(publishNewest(platform.ports, platform.options, platform.places))
  expect(await lacking()).toEqual([false, false])
  expect(await expectTruth(platform)).toBe(1)
})

test('a lost published file is built again under its own name', async () => {
  await platform.produce(40)
  await platform.apply()
  await platform.run()
  await rm(platform.published, { recursive: true })
  platform.loseStore()
  await platform.run(await platform.otherWorker())
  expect(await expectTruth(platform)).toBe(1)
  expect((await readdir(platform.published)).sort()).toEqual([
    (await platform.during(platform.lake.generations()))[0]?.duckdbFile,
    'tidewater.duckdb',
  ])
})

test('a generation that a worker of other definitions builds again has no part of a view it defines otherwise', async () => {
  await platform.produce(40)
  await platform.apply()
  await platform.run()
  const generation = (await platform.during(platform.lake.generations()))[0] as GenerationRecord
  await rm(platform.published, { recursive: true })
  platform.loseStore()
  const holds = (worker: BatchPorts, views: readonly string[]): Promise<boolean | undefined> =>
    platform.during(Promise.resolve(worker.warehouses[0]?.holds(generation.id, views)))
  const others = await platform.otherWorker(changedDefinitions)
  await platform.during(
    publishNewest(others, { ...platform.options, ...changedDefinitions }, platform.places),
  )
  expect(await holds(others, ['ShopTotals'])).toBe(true)
  expect(await holds(others, ['SalesByMinute'])).toBe(false)

  const own = await platform.otherWorker()
  await platform.during(publishNewest(own, platform.options, platform.places))
  expect(await holds(own, ['ShopTotals', 'SalesByMinute'])).toBe(true)
  expect(await expectTruth(platform)).toBe(1)
})

test('two workers at once publish each number once and agree', async () => {
  for (let n = 1; n <= 3; n++) {
    await platform.produce(30)
    await platform.apply()
    const other = await platform.otherWorker()
    const results = await platform.during(Promise.all([platform.build(), platform.build(other)]))
    expect(results.map(({ kind }) => kind)).toContain('published')
    const numbers = (await platform.during(platform.lake.generations())).map(
      (generation) => generation.number,
    )
    expect(new Set(numbers).size).toBe(numbers.length)
    await platform.run()
    await expectTruth(platform)
  }
})

test('slices end with the generation that replaced them', async () => {
  await platform.produce(20)
  await platform.apply()
  await platform.run()
  await platform.produce(20)
  await platform.apply()
  await platform.run()
  for (const place of platform.places) {
    const header = decodeHeader((await platform.store.header(place)) ?? new Uint8Array())
    expect(header).toMatchObject({ floor: 2, loaded: expect.stringMatching(/^g2-/) as string })
    expect(header.cuts.map((cut) => cut.number)).toEqual([2])
  }
})

test('state of a definition that no generation ever held ends with the slices it is in', async () => {
  await platform.produce(20)
  await platform.apply()
  const [place] = platform.places
  if (place === undefined) throw new Error('no partition')
  const orphan = { fingerprint: 'of a view that is gone', bucket: 0, key: 'shop1' }
  const stored = (await platform.store.header(place)) ?? new Uint8Array()
  const next = encodeHeader({ ...decodeHeader(stored), revision: 'orphan' })
  const writes = [{ ...orphan, value: encodeValue(0, () => undefined) }]
  await platform.store.commit(place, { expected: stored, next, writes, seen: [] })
  await platform.run()
  expect((await platform.store.load(place, [orphan])).values).toEqual([null])
  await expectTruth(platform)
})
