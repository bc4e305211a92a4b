import { access, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ParquetWriter, SqlEngine } from '@tidewater/ports'
import type { EventDefinition } from 'tidewater'
import { openDuckdb } from './open-duckdb.ts'
import { openParquetWriter } from './parquet-writer.ts'

const event: EventDefinition = {
  kind: 'event',
  name: 'Sale',
  doc: null,
  key: 'shopId',
  time: 'at',
  latenessMs: 0,
  horizonMs: 0,
  dedupe: null,
  madeBy: null,
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

test('rewriting changes no column, type or value, whatever the definition of the day', async () => {
  const wide = join(directory, 'wide.parquet')
  const parts = [0, 1].map((n) => join(directory, `part${n}.parquet`))
  for (const [n, file] of parts.entries())
    await writer.write(
      event,
      Array.from({ length: 3000 }, (_, i) => line(n * 3000 + i, { price: '2.555', weight: 0.5 })),
      file,
    )
  expect(await writer.rewrite(parts, wide)).toBe(6000)
  const read = (file: string) => engine.query(`SELECT * FROM read_parquet('${file}')`)
  expect(await read(wide)).toEqual([...(await read(parts[0]!)), ...(await read(parts[1]!))])
  const types = (file: string) => engine.query(`DESCRIBE SELECT * FROM read_parquet('${file}')`)
  expect(await types(wide)).toEqual(await types(parts[0]!))
})

test('only files with the same columns are alike', async () => {
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) =>
    join(directory, `alike-${name}.parquet`),
  ) as string[]
  const older = { ...event, fields: event.fields.slice(0, 3) }
  const narrow = event.fields.map((field) =>
    field.name === 'price' ? { ...field, type: { kind: 'decimal' as const, digits: 18, scale: 2 } } : field,
  )
  await writer.write(older, [line(0, {}).replace(',"weight":null', '')], a!)
  await writer.write(event, [line(1, {})], b!)
  await writer.write({ ...event, fields: narrow }, [line(2, {})], c!)
  await writer.write(event, [line(3, {})], d!)
  expect(await writer.alike([a!, b!, c!, d!])).toEqual([[a], [b, d], [c]])
})

test('a value that does not fit is an error, not a rounded number', async () => {
  const file = join(directory, 'bad.parquet')
  await expect(writer.write(event, [line(1, { price: '1e400' })], file)).rejects.toThrow()
})
