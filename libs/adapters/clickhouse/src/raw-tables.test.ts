import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openParquetWriter } from '@tidewater/adapter-duckdb'
import type { ParquetWriter, RawTables } from '@tidewater/ports'
import { startClickhouse } from '@tidewater/stack'
import { clickhouse as dialect, type ScalarType } from '@tidewater/expr'
import { NASTY_TEXTS } from '@tidewater/testing/nasty-texts'
import type { EventDefinition } from 'tidewater'
import { openClickhouse, type Clickhouse } from './open-clickhouse.ts'
import { createRawTables } from './raw-tables.ts'

const eventOf = (name: string): EventDefinition => ({
  kind: 'event',
  name,
  doc: `It's "a" sale.`,
  key: 'shopId',
  time: 'at',
  latenessMs: 0,
  horizonMs: 50,
  dedupe: null,
  madeBy: null,
  fields: [
    { name: 'shopId', type: { kind: 'id' }, optional: false },
    { name: 'at', type: { kind: 'instant' }, optional: false },
    { name: 'price', type: { kind: 'decimal', digits: 18, scale: 3 }, optional: true },
    { name: 'size', type: { kind: 'oneOf', values: ['s', 'l'] }, optional: true },
  ],
})

interface Sale {
  readonly id: string
  readonly appendedAt: number
  readonly cells?: object
}
const lineOf = (offset: number, { id, appendedAt, cells }: Sale): string =>
  `${JSON.stringify({ shop_id: 's1', at: 0, price: null, size: null, ...cells, _id: id, _partition: 2, _offset: offset, _appended_at: appendedAt })}\n`

let directory = ''
let server: Awaited<ReturnType<typeof startClickhouse>>
let engine: Clickhouse
let tables: RawTables
let writer: ParquetWriter
let files = 0
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'raw-'))
  server = await startClickhouse({ dir: join(directory, 'clickhouse') })
  engine = openClickhouse({ url: server.url })
  tables = createRawTables(engine)
  writer = await openParquetWriter({ threads: 1 })
})
afterAll(async () => {
  await tables.close()
  await writer.close()
  await server.stop()
  await rm(directory, { recursive: true, force: true })
})

const load = async (
  event: EventDefinition,
  sales: readonly Sale[],
  from: number,
  next: number,
): Promise<void> => {
  const path = join(directory, `${files++}.parquet`)
  await writer.write(event, sales.map((sale, offset) => lineOf(offset, sale)).slice(from, next), path)
  await tables.load(event, { topic: 'event.sale', partition: 2, from, next, path, horizonFrom: 0 })
}
const sales = (n: number): Sale[] =>
  Array.from({ length: n }, (_, i) => ({ id: `i${i}`, appendedAt: 1000 + i }))

test('values arrive exactly; tables carry their comments; preparing twice changes nothing', async () => {
  const event = eventOf('Exact')
  await tables.prepare([event], 'replace')
  await tables.prepare([event], 'replace')
  await load(
    event,
    [
      { id: 'a', appendedAt: 7, cells: { price: '999999999999999.999', at: -1, size: 'l' } },
      { id: 'b', appendedAt: 8 },
    ],
    0,
    2,
  )
  const rows = await engine.query('SELECT * FROM tidewater.raw_exact ORDER BY _offset')
  const both = { shop_id: 's1', _partition: 2, _dup: 0 }
  expect(rows).toEqual([
    { ...both, at: -1, price: 999999999999999999n, size: 'l', _id: 'a', _offset: 0, _appended_at: 7 },
    { ...both, at: 0, price: null, size: null, _id: 'b', _offset: 1, _appended_at: 8 },
  ])
  expect(await engine.query(`SELECT comment FROM system.tables WHERE name = 'raw_exact'`)).toEqual([
    { comment: event.doc },
  ])
})

test('texts arrive as they were sent, and a literal finds each of them', async () => {
  const event = eventOf('Texts')
  await tables.prepare([event], 'replace')
  const sent = NASTY_TEXTS.map((shop, n) => ({
    id: `t${n}${shop}`,
    appendedAt: 1000,
    cells: { shop_id: shop },
  }))
  await load(event, sent, 0, sent.length)
  const rows = await engine.query('SELECT shop_id, _id FROM tidewater.raw_texts ORDER BY _offset')
  expect(rows).toEqual(sent.map(({ id, cells }) => ({ shop_id: cells.shop_id, _id: id })))
  for (const [n, shop] of NASTY_TEXTS.entries())
    expect(
      await engine.query(`SELECT _offset FROM tidewater.raw_texts WHERE shop_id = ${dialect.text(shop)}`),
    ).toEqual([{ _offset: n }])
})

test('a load that is sent again after a lost answer changes nothing', async () => {
  const event = eventOf('Twice')
  await tables.prepare([event], 'replace')
  for (let n = 0; n < 3; n++) await load(event, sales(10), 0, 10)
  await load(event, sales(20), 10, 20)
  expect(await tables.loaded(event, 2)).toEqual({ rows: 20, next: 20 })
  expect(await tables.count(event, 2, 5, 12)).toBe(7)
})

test('a file that was rewritten into another meanwhile is waited for as a store that is away, not a fault', async () => {
  const event = eventOf('Rewritten')
  await tables.prepare([event], 'replace')
  const path = join(directory, 'gone.parquet')
  const file = { topic: 'event.sale', partition: 2, from: 0, next: 1, path, horizonFrom: 0 }
  await expect(tables.load(event, file)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
})

test('a load is one part, also a large one', async () => {
  const event = eventOf('Large')
  await tables.prepare([event], 'replace')
  await load(event, sales(150_000), 0, 150_000)
  const [parts] = await engine.query(
    `SELECT count() AS n FROM system.parts WHERE table = 'raw_large' AND active`,
  )
  expect(parts?.['n']).toBe(1)
  expect(await tables.loaded(event, 2)).toEqual({ rows: 150_000, next: 150_000 })
})

test('rows taken out can be loaded again', async () => {
  const event = eventOf('Again')
  await tables.prepare([event], 'replace')
  await load(event, sales(10), 0, 10)
  await load(event, sales(20), 10, 20)
  await tables.remove(event, 2, 10, 20)
  expect(await tables.loaded(event, 2)).toEqual({ rows: 10, next: 10 })
  await load(event, sales(20), 10, 20)
  expect(await tables.loaded(event, 2)).toEqual({ rows: 20, next: 20 })
})

test('a field added to the definition becomes a column', async () => {
  const event = eventOf('Grown')
  const older = { ...event, fields: event.fields.slice(0, 2) }
  await tables.prepare([older], 'replace')
  await tables.prepare([event], 'replace')
  await load(event, [{ id: 'a', appendedAt: 1, cells: { size: 's' } }], 0, 1)
  expect(await engine.query('SELECT size FROM tidewater.raw_grown')).toEqual([{ size: 's' }])
})

test('an archived value is never rounded, made 0 or the end of loading; what it cannot be now is missing', async () => {
  const older = eventOf('Narrowed')
  const narrow = older.fields.map((field) =>
    field.name === 'price' ? { ...field, type: { kind: 'decimal' as const, digits: 12, scale: 2 } } : field,
  )
  const till = { name: 'till', type: { kind: 'int' as const, digits: 15 }, optional: false }
  const narrowed = { ...older, fields: [...narrow, till] }
  const prices = ['2.555', '2.550', '-0.010', null]
  const path = join(directory, `${files++}.parquet`)
  const lines = prices.map((price, offset) =>
    lineOf(offset, { id: `i${offset}`, appendedAt: 1, cells: { price } }),
  )
  await writer.write(older, lines, path)
  const file = { topic: 'event.sale', partition: 2, from: 0, next: prices.length, path, horizonFrom: 0 }
  const held = (): Promise<unknown> =>
    engine
      .query('SELECT price FROM tidewater.raw_narrowed ORDER BY _offset')
      .then((rows) => rows.map(({ price }) => price))

  await tables.prepare([older], 'replace')
  await tables.load(older, file)
  expect(await held()).toEqual([2555, 2550, -10, null])
  await expect(tables.prepare([narrowed], 'refuse')).rejects.toThrow(
    'raw_narrowed.price is Nullable(Decimal(18, 3)) in ClickHouse and Nullable(Decimal(12, 2)) by the definition',
  )
  await tables.prepare([narrowed], 'replace')
  expect(await tables.loaded(narrowed, 2)).toEqual({ rows: 0, next: 0 })
  await tables.load(narrowed, file)
  // A required field that the rows lack is missing, not 0.
  expect(await held()).toEqual([null, 255, -1, null])
  expect(await engine.query('SELECT DISTINCT till FROM tidewater.raw_narrowed')).toEqual([{ till: null }])
  await tables.prepare([narrowed], 'refuse')
  await tables.prepare([older], 'replace')
  await tables.load(older, file)
  expect(await held()).toEqual([2555, 2550, -10, null])
})

test('a text that became an int is loaded: what is no int is missing', async () => {
  const event = eventOf('Counted')
  const typed = (type: ScalarType): EventDefinition => ({
    ...event,
    fields: event.fields.map((field) =>
      field.name === 'size' ? { ...field, type, optional: false } : field,
    ),
  })
  const sizes = ['abc', '7', '05', '1234567890123456']
  const path = join(directory, `${files++}.parquet`)
  const lines = sizes.map((size, offset) =>
    lineOf(offset, { id: `i${offset}`, appendedAt: 1, cells: { size } }),
  )
  await writer.write(typed({ kind: 'text' }), lines, path)
  const counted = typed({ kind: 'int', digits: 15 })
  await tables.prepare([counted], 'replace')
  await tables.load(counted, { topic: 'event.sale', partition: 2, from: 0, next: 4, path, horizonFrom: 0 })
  const rows = await engine.query('SELECT size FROM tidewater.raw_counted ORDER BY _offset')
  expect(rows.map(({ size }) => size)).toEqual([null, 7, null, null])
})
