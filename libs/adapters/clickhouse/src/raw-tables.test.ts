import { afterAll, beforeAll, expect, test } from 'vitest'
import { clickhouse as dialect, type ScalarType } from '@tidewater/expr'
import { NASTY_TEXTS } from '@tidewater/testing/nasty-texts'
import type { EventDefinition } from 'tidewater'
import { lineOf, openRawTables, type Logged, type OpenRawTables } from './raw-tables-fixture.ts'

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

interface Sale extends Logged {
  readonly cells?: object
}
const saleLine = (offset: number, sale: Sale): string =>
  lineOf(offset, sale, { shop_id: 's1', at: 0, price: null, size: null, ...sale.cells })

let raw: OpenRawTables
beforeAll(async () => {
  raw = await openRawTables()
})
afterAll(() => raw.close())

const load = (event: EventDefinition, sales: readonly Sale[], from: number, next: number): Promise<void> =>
  raw.load(
    event,
    sales.map((sale, offset) => saleLine(offset, sale)),
    from,
    next,
  )
const sales = (n: number): Sale[] =>
  Array.from({ length: n }, (_, i) => ({ id: `i${i}`, appendedAt: 1000 + i }))

test('values arrive exactly; tables carry their comments; preparing twice changes nothing', async () => {
  const event = eventOf('Exact')
  await raw.tables.prepare([event], 'replace')
  await raw.tables.prepare([event], 'replace')
  await load(
    event,
    [
      { id: 'a', appendedAt: 7, cells: { price: '999999999999999.999', at: -1, size: 'l' } },
      { id: 'b', appendedAt: 8 },
    ],
    0,
    2,
  )
  const rows = await raw.engine.query('SELECT * FROM tidewater.raw_exact ORDER BY _offset')
  const both = { shop_id: 's1', _partition: 2, _dup: 0 }
  expect(rows).toEqual([
    { ...both, at: -1, price: 999999999999999999n, size: 'l', _id: 'a', _offset: 0, _appended_at: 7 },
    { ...both, at: 0, price: null, size: null, _id: 'b', _offset: 1, _appended_at: 8 },
  ])
  expect(await raw.engine.query(`SELECT comment FROM system.tables WHERE name = 'raw_exact'`)).toEqual([
    { comment: event.doc },
  ])
})

test('texts arrive as they were sent, and a literal finds each of them', async () => {
  const event = eventOf('Texts')
  await raw.tables.prepare([event], 'replace')
  const sent = NASTY_TEXTS.map((shop, n) => ({
    id: `t${n}${shop}`,
    appendedAt: 1000,
    cells: { shop_id: shop },
  }))
  await load(event, sent, 0, sent.length)
  const rows = await raw.engine.query('SELECT shop_id, _id FROM tidewater.raw_texts ORDER BY _offset')
  expect(rows).toEqual(sent.map(({ id, cells }) => ({ shop_id: cells.shop_id, _id: id })))
  for (const [n, shop] of NASTY_TEXTS.entries())
    expect(
      await raw.engine.query(`SELECT _offset FROM tidewater.raw_texts WHERE shop_id = ${dialect.text(shop)}`),
    ).toEqual([{ _offset: n }])
})

test('a load that is sent again after a lost answer changes nothing', async () => {
  const event = eventOf('Twice')
  await raw.tables.prepare([event], 'replace')
  for (let n = 0; n < 3; n++) await load(event, sales(10), 0, 10)
  await load(event, sales(20), 10, 20)
  expect(await raw.tables.loaded(event, 2)).toEqual({ rows: 20, next: 20 })
  expect(await raw.tables.count(event, 2, 5, 12)).toBe(7)
})

test('a file that was rewritten into another meanwhile is waited for as a store that is away, not a fault', async () => {
  const event = eventOf('Rewritten')
  await raw.tables.prepare([event], 'replace')
  const file = await raw.entry(event, [])
  await expect(raw.tables.load(event, { ...file, next: 1, path: `${file.path}.gone` })).rejects.toMatchObject(
    { code: 'UNAVAILABLE' },
  )
})

test('a load is one part, also a large one', async () => {
  const event = eventOf('Large')
  await raw.tables.prepare([event], 'replace')
  await load(event, sales(150_000), 0, 150_000)
  const [parts] = await raw.engine.query(
    `SELECT count() AS n FROM system.parts WHERE table = 'raw_large' AND active`,
  )
  expect(parts?.['n']).toBe(1)
  expect(await raw.tables.loaded(event, 2)).toEqual({ rows: 150_000, next: 150_000 })
})

test('rows taken out can be loaded again', async () => {
  const event = eventOf('Again')
  await raw.tables.prepare([event], 'replace')
  await load(event, sales(10), 0, 10)
  await load(event, sales(20), 10, 20)
  await raw.tables.remove(event, 2, 10, 20)
  expect(await raw.tables.loaded(event, 2)).toEqual({ rows: 10, next: 10 })
  await load(event, sales(20), 10, 20)
  expect(await raw.tables.loaded(event, 2)).toEqual({ rows: 20, next: 20 })
})

test('a field added to the definition becomes a column', async () => {
  const event = eventOf('Grown')
  const older = { ...event, fields: event.fields.slice(0, 2) }
  await raw.tables.prepare([older], 'replace')
  await raw.tables.prepare([event], 'replace')
  await load(event, [{ id: 'a', appendedAt: 1, cells: { size: 's' } }], 0, 1)
  expect(await raw.engine.query('SELECT size FROM tidewater.raw_grown')).toEqual([{ size: 's' }])
})

test('an archived value is never rounded, made 0 or the end of loading; what it cannot be now is missing', async () => {
  const older = eventOf('Narrowed')
  const narrow = older.fields.map((field) =>
    field.name === 'price' ? { ...field, type: { kind: 'decimal' as const, digits: 12, scale: 2 } } : field,
  )
  const till = { name: 'till', type: { kind: 'int' as const, digits: 15 }, optional: false }
  const narrowed = { ...older, fields: [...narrow, till] }
  const prices = ['2.555', '2.550', '-0.010', null]
  const lines = prices.map((price, offset) =>
    saleLine(offset, { id: `i${offset}`, appendedAt: 1, cells: { price } }),
  )
  const file = await raw.entry(older, lines)
  const held = (): Promise<unknown> =>
    raw.engine
      .query('SELECT price FROM tidewater.raw_narrowed ORDER BY _offset')
      .then((rows) => rows.map(({ price }) => price))

  await raw.tables.prepare([older], 'replace')
  await raw.tables.load(older, file)
  expect(await held()).toEqual([2555, 2550, -10, null])
  await expect(raw.tables.prepare([narrowed], 'refuse')).rejects.toThrow(
    'raw_narrowed.price is Nullable(Decimal(18, 3)) in ClickHouse and Nullable(Decimal(12, 2)) by the definition',
  )
  await raw.tables.prepare([narrowed], 'replace')
  expect(await raw.tables.loaded(narrowed, 2)).toEqual({ rows: 0, next: 0 })
  await raw.tables.load(narrowed, file)
  // A required field that the rows lack is missing, not 0.
  expect(await held()).toEqual([null, 255, -1, null])
  expect(await raw.engine.query('SELECT DISTINCT till FROM tidewater.raw_narrowed')).toEqual([{ till: null }])
  await raw.tables.prepare([narrowed], 'refuse')
  await raw.tables.prepare([older], 'replace')
  await raw.tables.load(older, file)
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
  const lines = sizes.map((size, offset) =>
    saleLine(offset, { id: `i${offset}`, appendedAt: 1, cells: { size } }),
  )
  const file = await raw.entry(typed({ kind: 'text' }), lines)
  const counted = typed({ kind: 'int', digits: 15 })
  await raw.tables.prepare([counted], 'replace')
  await raw.tables.load(counted, file)
  const rows = await raw.engine.query('SELECT size FROM tidewater.raw_counted ORDER BY _offset')
  expect(rows.map(({ size }) => size)).toEqual([null, 7, null, null])
})
