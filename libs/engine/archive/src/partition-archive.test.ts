import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLake } from '@tidewater/adapter-lake'
import type { Lake, LogBatch } from '@tidewater/ports'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { archivePartition } from './partition-archive.ts'
import { saleArchived, saleRecord, saleRow } from './test-event.ts'

const place = { topic: 'event.sale', partition: 0 }
let directory = ''
let lake: Lake
let sought: number[] = []

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'archive-'))
  lake = await openLake(directory)
  sought = []
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const open = () =>
  archivePartition({
    place,
    archived: saleArchived,
    ports: {
      log: { append: async () => [] },
      lake,
      writer: {
        write: async (_event, lines, file) => writeFile(file, [...lines].join('')),
        rewrite: async () => 0,
        close: async () => undefined,
      },
      store: { notify: async () => undefined },
      timers: { after: () => () => undefined },
    },
    limits: { rows: 1e6, bytes: 1e9, ms: 1e6 },
    events: {
      added: () => undefined,
      lost: (next) => void sought.push(next),
      failed: (error) => {
        throw error
      },
      recovered: () => undefined,
    },
  })

/** Records [from, next) of the log but for the offsets `without`. */
const batch = (from: number, next: number, without: readonly number[] = []): LogBatch => ({
  ...place,
  from,
  nextOffset: next,
  highWatermark: next,
  records: Array.from({ length: next - from }, (_, n) => from + n)
    .filter((offset) => !without.includes(offset))
    .map((offset) => ({
      ...saleRecord(0, `i${offset}`, saleRow({})),
      key: null,
      offset,
      appendedAt: 1,
    })),
})

const entries = async () =>
  (await lake.entries(place.topic)).map(({ from, next, rows, absent }) => ({ from, next, rows, absent }))

test('an archiver that lost a range archives nothing of the batches it had fetched behind it', async () => {
  const zombie = await open()
  await zombie.take(batch(0, 6))
  const owner = await open()
  await owner.take(batch(0, 3))
  await owner.flush()
  const closing = zombie.flush()
  const taking = zombie.take(batch(6, 9))
  await Promise.all([closing, taking])
  await zombie.flush()
  expect(await entries()).toEqual([{ from: 0, next: 3, rows: 3, absent: 0 }])
  expect(sought).toEqual([3, 3])
  await owner.take(batch(3, 9))
  await owner.flush()
  expect(await entries()).toEqual([
    { from: 0, next: 3, rows: 3, absent: 0 },
    { from: 3, next: 9, rows: 6, absent: 0 },
  ])
})

test('offsets that never had a record, such as marks of transactions, are counted in their entry', async () => {
  const archive = await open()
  await archive.take(batch(0, 6, [2, 5]))
  await archive.take(batch(6, 9, [6]))
  await archive.flush()
  expect(await entries()).toEqual([{ from: 0, next: 9, rows: 6, absent: 3 }])
})
