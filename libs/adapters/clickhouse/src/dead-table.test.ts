import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DeadRow } from '@tidewater/ports'
import { startClickhouse } from '@tidewater/stack'
import { NASTY_TEXTS } from '@tidewater/testing/nasty-texts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDeadTable } from './dead-table.ts'
import { openClickhouse, type Clickhouse } from './open-clickhouse.ts'

let directory = ''
let server: Awaited<ReturnType<typeof startClickhouse>>
let engine: Clickhouse
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dead-'))
  server = await startClickhouse({ dir: join(directory, 'clickhouse') })
  engine = openClickhouse({ url: server.url })
})
afterAll(async () => {
  await engine.close()
  await server.stop()
  await rm(directory, { recursive: true, force: true })
})

const letter = (record: number, offset: number, value = 'no'): DeadRow => ({
  ...{ event: 'Sale', record, appendedAt: 1_000, id: `event.sale/0/${offset}`, retried: null },
  ...{ partition: 0, offset, reason: `it's no JSON`, kind: 'undecodable' },
  ...{ key: null, value, headers: { [value]: value }, truncated: null },
})

test('every letter is there once, byte for byte, with what became of it', async () => {
  const table = createDeadTable(engine)
  await table.prepare()
  await table.prepare()
  expect(await table.next('Sale')).toBe(0)
  const values = NASTY_TEXTS.filter((text) => text.isWellFormed())
  const letters = values.map((value, i) => letter(i, i, value))
  await table.add(letters)
  // The archive wrote the first one again; then the loader was killed, and adds what it had added.
  const copy = letter(letters.length, 0, values[0])
  const mark = { ...letter(letters.length + 1, 1), retried: 42 }
  await table.add([copy, mark])
  await table.add([copy, mark])
  await table.add(letters.slice(3))
  expect(await table.next('Sale')).toBe(letters.length + 2)
  expect(await table.next('Other')).toBe(0)
  const rows = await engine.query<{ offset: number; value: string; retried: number | null }>(
    'SELECT offset, value, retried FROM tidewater.tidewater_dead ORDER BY offset',
  )
  expect(rows.map(({ value }) => value)).toEqual(values)
  expect(rows.flatMap(({ offset, retried }) => (retried === null ? [] : [[offset, retried]]))).toEqual([
    [1, 42],
  ])
  const [first] = await engine.query(`SELECT * FROM tidewater.tidewater_dead WHERE offset = 0`)
  expect(first).toMatchObject({ event: 'Sale', partition: 0, reason: `it's no JSON`, id: 'event.sale/0/0' })
})
