import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openLake } from '@tidewater/adapter-lake'
import { lineEncoder } from '@tidewater/engine-archive'
import type { Row } from '@tidewater/plan'
import type { Lake, SqlRow } from '@tidewater/ports'
import { count, decimal, event, id, instant, int, sum, text, view } from 'tidewater'
import type { Catalog } from 'tidewater'
import { catalogOf } from 'tidewater/fixture'
import { openDuckdb } from '../open-duckdb.ts'
import { openParquetWriter } from '../parquet-writer.ts'
import { openArchivePresenter } from './archive-presenter.ts'
import { openDuckdbWarehouse } from './open-duckdb-warehouse.ts'

const TOPIC = 'event.sale'
let directory = ''
let lake: Lake
let offset = 0
let generations = 0
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'changed-'))
  lake = await openLake(join(directory, 'lake'))
  offset = 0
})
afterEach(() => rm(directory, { recursive: true, force: true }))

/** What an archiver of these definitions adds to the lake. */
const archive = async (catalog: Catalog, ...rows: readonly Row[]): Promise<void> => {
  const definition = catalog.events.get('Sale')!
  const encode = lineEncoder(definition)
  const from = offset
  const lines = rows.map((row) =>
    encode(row, { id: `i${offset}`, partition: 0, offset: offset++, appendedAt: 1000 }),
  )
  const writer = await openParquetWriter({ threads: 1 })
  const file = lake.temporary()
  await writer.write(definition, lines, file)
  await writer.close()
  await lake.add(
    {
      ...{
        topic: TOPIC,
        partition: 0,
        from,
        next: offset,
        level: 0,
        rows: rows.length,
        dead: 0,
        absent: 0,
        missed: 0,
      },
      ...{ lastAppended: 1000, maxEventTime: 0 },
    },
    file,
  )
}

/** What a generation of these definitions publishes, and whether reconciling would find the same. */
const generation = async (catalog: Catalog, question: string): Promise<readonly SqlRow[]> => {
  const published = join(directory, 'published')
  const warehouse = await openDuckdbWarehouse({ directory: published, catalog, build: 'here', threads: 1 })
  const id = `g${++generations}-a`
  const files = (await lake.entries(TOPIC)).map((entry) => lake.path(entry.file ?? ''))
  await warehouse.build(
    {
      ...{ number: generations, id, builtAt: 0, cuts: [{ topic: TOPIC, partition: 0, cut: offset }] },
      ...{
        files: new Map([['Sale', files]]),
        archived: [],
        views: [...catalog.views.keys()],
        earlier: [],
        notes: new Map(),
        step: null,
      },
    },
    () => undefined,
  )
  await warehouse.close()
  const file = await openDuckdb({ path: join(published, `tidewater-${id}.duckdb`), readOnly: true })
  const rows = await file.query(question)
  await file.close()
  return rows
}
const base = { shop: id(), at: instant() }
const rest = { key: 'shop', time: 'at' } as const
const row = (more: Row): Row => ({ shop: 's', at: 0, ...more })

test('a text that becomes an int stops no generation; what is no int is missing, and counted', async () => {
  const Old = event('Sale', { fields: { ...base, amount: text() }, ...rest })
  const New = event('Sale', { fields: { ...base, amount: int() }, ...rest })
  const ByShop = view('ByShop', {
    from: New,
    by: 'shop',
    measure: (e) => ({ sales: count(), amount: sum(e.amount) }),
  })
  await archive(catalogOf([Old]), row({ amount: 'abc' }), row({ amount: '7' }))
  const catalog = catalogOf([New, ByShop])
  await archive(catalog, row({ amount: 5 }))
  expect(await generation(catalog, 'SELECT shop, sales, amount FROM by_shop')).toEqual([
    { shop: 's', sales: 3, amount: 12 },
  ])
  expect(await generation(catalog, 'SELECT * FROM tidewater_lost_values')).toEqual([
    { event: 'Sale', field: 'amount', written_as: 'VARCHAR', declared_as: 'BIGINT', values: 1 },
  ])
  const presenter = await openArchivePresenter(lake, catalog, { threads: 1 })
  const presented = await presenter.present(
    'ByShop',
    { kind: 'keys', share: 0, of: 1 },
    [{ topic: TOPIC, partition: 0, next: offset }],
    0,
  )
  await presenter.close()
  expect(presented.map(({ measures }) => measures)).toEqual([{ sales: 3, amount: 12 }])
})

test('a scale that narrows rounds nothing, and widening it again brings every digit back', async () => {
  const Sale = (scale: number) => event('Sale', { fields: { ...base, amount: decimal(12, scale) }, ...rest })
  const of = (scale: number): Catalog => {
    const sale = Sale(scale)
    return catalogOf([
      sale,
      view('ByShop', { from: sale, by: 'shop', measure: (e) => ({ amount: sum(e.amount) }) }),
    ])
  }
  await archive(of(3), row({ amount: 2_555 }), row({ amount: 2_550 }))
  await archive(of(2), row({ amount: 100 }))
  const question = 'SELECT amount FROM by_shop'
  // 2.55 + 1.00 in hundredths, and 2.555 + 2.550 + 1.00 in thousandths.
  expect(await generation(of(2), question)).toEqual([{ amount: 355 }])
  expect(await generation(of(3), question)).toEqual([{ amount: 6_105 }])
})

test('a key that older rows lack leaves them out of its view, and of no other', async () => {
  const Old = event('Sale', { fields: base, ...rest })
  const New = event('Sale', { fields: { ...base, till: id() }, ...rest })
  const ByTill = view('ByTill', { from: New, by: 'till', measure: () => ({ sales: count() }) })
  const ByShop = view('ByShop', { from: New, by: 'shop', measure: () => ({ sales: count() }) })
  await archive(catalogOf([Old]), row({}), row({}))
  const catalog = catalogOf([New, ByTill, ByShop])
  await archive(catalog, row({ till: 't' }))
  expect(await generation(catalog, 'SELECT till, sales FROM by_till')).toEqual([{ till: 't', sales: 1 }])
  expect(await generation(catalog, 'SELECT shop, sales FROM by_shop')).toEqual([{ shop: 's', sales: 3 }])
})
