import { access, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ParquetWriter, SqlEngine } from '@tidewater/ports'
import type { EventDefinition } from 'tidewater'
import { openDuckdb } from './open-duckdb.ts'
import { openParquetWriter, rawFiles } from './parquet-writer.ts'

const event: EventDefinition = {
  kind: 'event',
  name: 'Sale',
  doc: null,
  key: 'shopId',
  time: 'at',
  latenessMs: 0,
  horizonMs: 0,
  dedupe: null,
  fields: [
    { name: 'shopId', type: { kind: 'id' }, optional: false },
    { name: 'at', type: { kind: 'instant' }, optional: false },
    { name: 'price', type: { kind: 'decimal', digits: 18, scale: 3 }, optional: true },
    { name: 'weight', type: { kind: 'number' }, optional: true },
  ],
}
const line = (offset: number, cells: object): string =>
  `${JSON.stringify({ shop_id: 's1', at: 0, price: null, weight: null, ...cells, _id: `i${offset}`, _partition: 2, _offset: offset, _appended_at: 1000 + offset })}\n`

let directory = ''
let writer: ParquetWriter
let engine: SqlEngine
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parquet-'))
  writer = await openParquetWriter({ threads: 1 })
  engine = await openDuckdb({ path: ':memory:' })
})
afterAll(async () => {
  await Promise.all([writer.close(), engine.close()])
  await rm(directory, { recursive: true, force: true })
})

test('values come back exactly: wide decimals, times before 1970, doubles, zero bytes, long text', async () => {
  const file = join(directory, 'a.parquet')
  const long = 'x'.repeat(3_000_000)
  await writer.write(
    event,
    [
      line(5, { price: '999999999999999.999', at: -1, weight: 0.1 }),
      line(7, { shop_id: 'ä\u0000 "\\', price: '-0.001', weight: -1e-300 }),
      line(8, { shop_id: long }),
    ],
    file,
  )
  const rows = await engine.query(`SELECT * FROM read_parquet('${file}')`)
  expect(rows[0]).toEqual({
    shop_id: 's1',
    at: -1,
    price: 999999999999999999n,
    weight: 0.1,
    _id: 'i5',
    _partition: 2,
    _offset: 5,
    _appended_at: 1005,
  })
  expect(rows[1]).toMatchObject({ shop_id: 'ä\u0000 "\\', price: -1, weight: -1e-300 })
  expect(rows[2]?.['shop_id']).toBe(long)
  await expect(access(`${file}.ndjson`)).rejects.toThrow('ENOENT')
})

test('rewriting keeps every row in order and fills a field older files lack', async () => {
  const [a, b, wide] = ['old', 'new', 'wide'].map((name) => join(directory, `${name}.parquet`)) as [
    string,
    string,
    string,
  ]
  const older = { ...event, fields: event.fields.slice(0, 3) }
  await writer.write(
    older,
    Array.from({ length: 3000 }, (_, n) => line(n, {}).replace(',"weight":null', '')),
    a,
  )
  await writer.write(event, [line(3000, { weight: 2.5 })], b)
  expect(await writer.rewrite(event, [a, b], wide)).toBe(3001)
  const rows = await engine.query(`SELECT _offset, weight FROM (${rawFiles(event, [wide])})`)
  expect(rows.map((row) => row['_offset'])).toEqual(Array.from({ length: 3001 }, (_, n) => n))
  expect(rows.map((row) => row['weight']).filter((weight) => weight !== null)).toEqual([2.5])
})

test('a value that does not fit is an error, not a rounded number', async () => {
  const file = join(directory, 'bad.parquet')
  await expect(writer.write(event, [line(1, { price: '1e400' })], file)).rejects.toThrow()
})

test('no files: no rows, the same columns', async () => {
  expect(await engine.query(rawFiles(event, []))).toEqual([])
})
