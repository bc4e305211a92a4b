import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { duckdb, type ScalarType } from '@tidewater/expr'
import type { SqlEngine } from '@tidewater/ports'
import type { EventDefinition } from 'tidewater'
import { openDuckdb } from './open-duckdb.ts'
import { lostValues, rawFilesOf, rawRows } from './raw-files.ts'

const decimalOf = (scale: number): ScalarType => ({ kind: 'decimal', digits: 12, scale })
const int: ScalarType = { kind: 'int', digits: 15 }
const eventWith = (amount: ScalarType | null): EventDefinition => ({
  kind: 'event',
  name: 'Sale',
  doc: null,
  key: 'shop',
  time: 'at',
  latenessMs: 0,
  horizonMs: 0,
  dedupe: null,
  madeBy: null,
  fields: [
    { name: 'shop', type: { kind: 'id' }, optional: false },
    { name: 'at', type: { kind: 'instant' }, optional: false },
    ...(amount === null ? [] : [{ name: 'amount', type: amount, optional: false }]),
  ],
})

let directory = ''
let engine: SqlEngine
let written = 0
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'raw-files-'))
  engine = await openDuckdb({ path: ':memory:' })
})
afterAll(async () => {
  await engine.close()
  await rm(directory, { recursive: true, force: true })
})

/** A file as an archiver wrote it when the field had this SQL type. */
const archived = async (type: string | null, ...values: readonly string[]): Promise<string> => {
  const file = join(directory, `${written++}.parquet`)
  const amount = type === null ? '' : `, CAST(v AS ${type}) AS amount`
  const rows = values.map((value, n) => `(${n}, ${value})`).join(', ')
  await engine.execute(
    `COPY (SELECT 's' AS shop, make_timestamp_ms(n) AS "at"${amount}, 'i' AS _id, 0::INTEGER AS _partition,
      n::BIGINT AS _offset, make_timestamp_ms(n) AS _appended_at
      FROM (VALUES ${rows}) t(n, v)) TO '${file}' (FORMAT parquet)`,
  )
  return file
}
const read = async (now: ScalarType | null, files: readonly string[]): Promise<unknown[]> => {
  const groups = await rawFilesOf(engine, files)
  const rows = await engine.query(rawRows(eventWith(now), groups))
  return rows.map((row) => row['amount'])
}
/** Values that were lost, by their count in `tidewater_lost_values`. */
const lost = async (now: ScalarType, files: readonly string[]): Promise<number> => {
  const counts = lostValues(eventWith(now), await rawFilesOf(engine, files))
  const rows = await Promise.all(counts.map((sql) => engine.query(sql)))
  return rows.flat().reduce((sum, row) => sum + Number(Object.values(row).at(-1)), 0)
}

test('no files: no rows', async () => {
  expect(await read(int, [])).toEqual([])
})

test('a field that older files lack is missing, one that the definition dropped is not read', async () => {
  const files = [await archived(null, '0'), await archived('BIGINT', '7')]
  expect(await read(int, files)).toEqual([null, 7])
  expect(await read(null, files)).toEqual([undefined, undefined])
  expect(await lost(int, files)).toBe(0)
})

test('2.555 is never rounded: with two decimals it is missing and counted, with three it is back', async () => {
  const files = [await archived('DECIMAL(12,3)', '2.555', '2.550'), await archived('DECIMAL(12,2)', '1.00')]
  expect(await read(decimalOf(2), files)).toEqual([null, 255, 100])
  expect(await lost(decimalOf(2), files)).toBe(1)
  expect(await read(decimalOf(3), files)).toEqual([2555, 2550, 1000])
  expect(await lost(decimalOf(3), files)).toBe(0)
})

describe('a value is read as the present type when it comes back as it was', () => {
  test.each<[string, string, ScalarType, unknown]>([
    ['VARCHAR', `'abc'`, int, null],
    ['VARCHAR', `'5'`, int, 5],
    ['VARCHAR', `'05'`, int, null],
    ['VARCHAR', `'5.5'`, int, null],
    ['VARCHAR', `'2.5'`, decimalOf(2), 250],
    ['VARCHAR', `'2.505'`, decimalOf(2), null],
    ['BIGINT', '5', { kind: 'text' }, '5'],
    ['DECIMAL(12,2)', '2.50', { kind: 'text' }, '2.5'],
    ['DECIMAL(12,2)', '20.00', { kind: 'text' }, '20'],
    ['DECIMAL(12,2)', '3.00', int, 3],
    ['DECIMAL(12,2)', '3.01', int, null],
    ['DECIMAL(18,0)', '999999999999999999', int, null],
    ['BIGINT', '999999999999', decimalOf(3), null],
    ['BIGINT', '-12', decimalOf(2), -1200],
    ['DOUBLE', '0.1', decimalOf(1), 1],
    ['DOUBLE', '0.25', decimalOf(1), null],
    ['DOUBLE', '1e300', int, null],
    ['DECIMAL(12,2)', '0.10', { kind: 'number' }, 0.1],
    ['DECIMAL(18,3)', '999999999999999.999', { kind: 'number' }, null],
    ['BOOLEAN', 'true', int, null],
    ['BIGINT', '5', { kind: 'instant' }, null],
    ['BIGINT', '1', { kind: 'boolean' }, null],
    ['VARCHAR', `'\u{feff}x'`, { kind: 'oneOf', values: ['y'] }, '\ufeffx'],
    ['BIGINT', 'NULL', { kind: 'text' }, null],
  ])('%s %s', async (type, value, now, expected) => {
    const files = [await archived(type, value)]
    expect(await read(now, files)).toEqual([expected])
    const sameColumn = duckdb.columnType(now) === type
    expect(await lost(now, files)).toBe(expected === null && value !== 'NULL' && !sameColumn ? 1 : 0)
  })
})
