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
let missed: (readonly number[])[] = []

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'archive-'))
  lake = await openLake(directory)
  sought = []
  missed = []
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
        write: async (_event, lines, file) => writeFile(file, lines),
        alike: async (files) => [files],
        rewrite: async () => 0,
        close: async () => undefined,
      },
      store: { notify: async () => undefined },
      timers: { after: () => () => undefined },
    },
    limits: { rows: 1e6, bytes: 1e9, ms: 1e6, heldBytes: 1e9 },
    isOverShare: () => false,
    events: {
      added: () => undefined,
      lost: () => undefined,
      moved: (next) => void sought.push(next),
      failed: (error) => {
        throw error
      },
      broken: (error) => {
        throw error
      },
      recovered: () => undefined,
      missed: (from, next) => void missed.push([from, next]),
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

test('records that retention deleted first are an entry of their own account, and archiving goes on behind them', async () => {
  const first = await open()
  await first.take(batch(0, 3))
  await first.flush()
  const archive = await open()
  expect(await archive.follow({ partition: 0, low: 5, high: 7 })).toBe(5)
  await archive.flush()
  expect(await archive.follow({ partition: 0, low: 5, high: 7 })).toBe(5)
  await archive.take(batch(5, 7))
  expect(await archive.follow({ partition: 0, low: 8, high: 9 })).toBe(8)
  await archive.take(batch(8, 9))
  await archive.flush()
  expect(
    (await lake.entries(place.topic)).map(({ from, next, rows, missed }) => [from, next, rows, missed]),
  ).toEqual([
    [0, 3, 3, 0],
    [3, 5, 0, 2],
    [5, 9, 3, 1],
  ])
  expect(missed).toEqual([
    [3, 5],
    [7, 8],
  ])
})

test('a log that ends below what is archived is not read', async () => {
  const archive = await open()
  await archive.take(batch(0, 6))
  expect(await archive.follow({ partition: 0, low: 0, high: 4 })).toBeNull()
})

test('offsets that never had a record, such as marks of transactions, are counted in their entry', async () => {
  const archive = await open()
  await archive.take(batch(0, 6, [2, 5]))
  await archive.take(batch(6, 9, [6]))
  await archive.flush()
  expect(await entries()).toEqual([{ from: 0, next: 9, rows: 6, absent: 3 }])
})
