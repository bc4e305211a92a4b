import { afterAll, beforeAll, expect, test } from 'vitest'
import { duckdb as dialect } from '@tidewater/expr'
import type { SqlEngine } from '@tidewater/ports'
import { NASTY_TEXTS } from '@tidewater/testing/nasty-texts'
import { openDuckdb } from './open-duckdb.ts'

let duckdb: SqlEngine
beforeAll(async () => {
  duckdb = await openDuckdb({ path: ':memory:', threads: 2 })
})
afterAll(() => duckdb.close())

test('integers are numbers while safe, exact numbers are scaled', async () => {
  const [row] = await duckdb.query(`SELECT 9007199254740991::BIGINT AS safe, 9007199254740992::BIGINT AS wide,
    -170141183460469231731687303715884105727::HUGEINT AS huge,
    -1.50::DECIMAL(12, 3) AS price, 0.25::DOUBLE AS number`)
  expect(row).toEqual({
    safe: 9007199254740991,
    wide: 9007199254740992n,
    huge: -170141183460469231731687303715884105727n,
    price: -1500,
    number: 0.25,
  })
})

test('instants are ms, also before 1970; lists are arrays; NULL is null', async () => {
  const [row] =
    await duckdb.query(`SELECT make_timestamp_ms(-1) AS early, TIMESTAMP '2026-11-21 10:00:00.123456' AS late,
    TIMESTAMPTZ '2026-11-21 10:00:00+02' AS zoned, ['a', NULL] AS list, NULL::INTEGER AS missing, 'b'::ENUM('a', 'b') AS one`)
  expect(row).toEqual({
    early: -1,
    late: Date.UTC(2026, 10, 21, 10, 0, 0, 123),
    zoned: Date.UTC(2026, 10, 21, 8),
    list: ['a', null],
    missing: null,
    one: 'b',
  })
})

test('a text comes back as it was: zero bytes, a byte order mark in front, half-composed letters', async () => {
  for (const text of NASTY_TEXTS) {
    const literal = dialect.text(text)
    const [row] = await duckdb.query(`SELECT ${literal} AS text, [${literal}] AS list`)
    expect(row).toEqual({ text, list: [text] })
  }
})

test('more statements than connections wait for their turn', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => duckdb.query(`SELECT ${n} AS n, count(*) AS c FROM range(10000)`)),
  )
  expect(answers.map(([row]) => row)).toEqual(Array.from({ length: 20 }, (_, n) => ({ n, c: 10000 })))
})

test('a failing statement rejects and gives its connection back', async () => {
  for (let n = 0; n < 6; n++)
    await expect(duckdb.query('SELECT nothing FROM nowhere')).rejects.toThrow('nowhere')
  expect(await duckdb.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('a stream that is left early gives its connection back', async () => {
  for (let n = 0; n < 6; n++)
    for await (const chunk of duckdb.stream('SELECT * FROM range(100000)')) if (chunk.length > 0) break
  expect(await duckdb.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
})
