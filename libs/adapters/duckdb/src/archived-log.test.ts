import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileDecoder, isRejected } from '@tidewater/engine-ingest'
import { lineEncoder } from '@tidewater/engine-archive'
import type { LakeEntry, LogRecord } from '@tidewater/ports'
import { asLogged, identityOf } from '@tidewater/rows'
import { boolean, decimal, event, id, instant, int, number, oneOf, text, topicOf } from 'tidewater'
import { catalogOf } from 'tidewater/fixture'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openArchivedLog } from './archived-log.ts'
import { openParquetWriter } from './parquet-writer.ts'

const Reading = event('Reading', {
  fields: {
    sensorId: id(),
    at: instant(),
    note: text().optional(),
    kind: oneOf('a', 'b').optional(),
    count: int().optional(),
    price: decimal(18, 4).optional(),
    value: number().optional(),
    isOn: boolean().optional(),
  },
  key: 'sensorId',
  time: 'at',
})
const catalog = catalogOf([Reading])
const definition = catalog.events.get('Reading')!
const place = { topic: topicOf('Reading'), partition: 0 }

/** As senders write them: digits that a double has not, texts that JSON must escape, the ends of the years. */
const SENT = [
  '{"sensorId":"s1","at":"2026-01-01T00:00:00.123Z","price":"12345678901234.5678","count":-999999999999999}',
  '{"sensorId":"\\ufeff\\"\\\\ 💧","at":-2208988800000,"note":"","value":0.1,"isOn":false,"kind":"b"}',
  '{"sensorId":"s1","at":1767225600000,"value":1.7976931348623157e308,"price":-0.0001,"isOn":true}',
  '{"sensorId":"s1","at":1767225600000,"value":5e-324,"count":0,"note":"line\\nline\\u0000"}',
  '{"_id":"own","sensorId":"s1","at":1767225600000}',
]

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'archived-log-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

test('what is read back from the lake is decided on as the log it was archived from', async () => {
  const decode = compileDecoder(asLogged(definition))
  const identity = identityOf(definition)
  const decided = (record: Pick<LogRecord, 'value' | 'appendedAt' | 'headers' | 'offset'>) => {
    const row = decode(record.value, record.appendedAt)
    if (isRejected(row)) throw new Error(JSON.stringify(row.reasons))
    return { row, id: identity(record, row, place), offset: record.offset, appendedAt: record.appendedAt }
  }
  const logged = SENT.map((sent, n) =>
    decided({
      value: new TextEncoder().encode(sent),
      offset: 3 + 2 * n,
      appendedAt: 1767225600000 + n,
      headers: {},
    }),
  )
  const encode = lineEncoder(definition)
  const lines = logged.map(({ row, ...envelope }) => encode(row, { ...envelope, partition: 0 }))
  const writer = await openParquetWriter({ threads: 1 })
  await writer.write(definition, lines, join(directory, 'rows.parquet'))
  await writer.close()

  const archived = openArchivedLog({ lake: { path: (file) => join(directory, file) }, catalog })
  const entry = (file: string): LakeEntry => ({
    ...{ ...place, from: 0, next: 20, level: 0, rows: 5, dead: 0, absent: 15, missed: 0, lastAppended: 0 },
    ...{ maxEventTime: 0, file, bytes: 0, sha256: null },
  })
  const readSince = async (since: number) => {
    const read: LogRecord[] = []
    for await (const records of archived.records(entry('rows.parquet'), since)) read.push(...records)
    return read.map(decided)
  }
  expect(await readSince(-Infinity)).toEqual(logged)
  expect(await readSince(1767225600003)).toEqual(logged.slice(3))
  expect(await readSince(1767225600005)).toEqual([])

  const gone = archived.records(entry('gone.parquet'), 0)[Symbol.asyncIterator]()
  await expect(gone.next()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  await archived.close()
})
