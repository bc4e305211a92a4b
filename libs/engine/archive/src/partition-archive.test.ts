import type { LogBatch } from '@tidewater/ports'
import { openTestPlatform, type TestPlatform } from '@tidewater/testing/platform'
import { beforeEach, expect, test } from 'vitest'
import { archivePartition } from './partition-archive.ts'
import { saleArchived, saleCatalog, saleRecord, saleRow } from './test-event.ts'

const place = { topic: 'event.sale', partition: 0 }
let p: TestPlatform
let sought: number[] = []
let missed: (readonly number[])[] = []

beforeEach(async () => {
  p = await openTestPlatform({ catalog: saleCatalog })
  sought = []
  missed = []
})

const open = () =>
  archivePartition({
    place,
    archived: saleArchived,
    ports: {
      log: { append: async () => [] },
      lake: p.lake,
      writer: p.ports.writer,
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
  (await p.during(p.lake.entries(place.topic))).map(({ from, next, rows, absent }) => ({
    from,
    next,
    rows,
    absent,
  }))

test('an archiver that lost a range archives nothing of the batches it had fetched behind it', async () => {
  const zombie = await p.during(open())
  await p.during(zombie.take(batch(0, 6)))
  const owner = await p.during(open())
  await p.during(owner.take(batch(0, 3)))
  await p.during(owner.flush())
  const closing = zombie.flush()
  const taking = zombie.take(batch(6, 9))
  await p.during(Promise.all([closing, taking]))
  await p.during(zombie.flush())
  expect(await entries()).toEqual([{ from: 0, next: 3, rows: 3, absent: 0 }])
  expect(sought).toEqual([3, 3])
  await p.during(owner.take(batch(3, 9)))
  await p.during(owner.flush())
  expect(await entries()).toEqual([
    { from: 0, next: 3, rows: 3, absent: 0 },
    { from: 3, next: 9, rows: 6, absent: 0 },
  ])
})

test('records that retention deleted first are an entry of their own account, and archiving goes on behind them', async () => {
  const first = await p.during(open())
  await p.during(first.take(batch(0, 3)))
  await p.during(first.flush())
  const archive = await p.during(open())
  expect(await p.during(archive.follow({ partition: 0, low: 5, high: 7 }))).toBe(5)
  await p.during(archive.flush())
  expect(await p.during(archive.follow({ partition: 0, low: 5, high: 7 }))).toBe(5)
  await p.during(archive.take(batch(5, 7)))
  expect(await p.during(archive.follow({ partition: 0, low: 8, high: 9 }))).toBe(8)
  await p.during(archive.take(batch(8, 9)))
  await p.during(archive.flush())
  expect(
    (await p.during(p.lake.entries(place.topic))).map(({ from, next, rows, missed }) => [
      from,
      next,
      rows,
      missed,
    ]),
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
  const archive = await p.during(open())
  await p.during(archive.take(batch(0, 6)))
  expect(await p.during(archive.follow({ partition: 0, low: 0, high: 4 }))).toBeNull()
})

test('offsets that never had a record, such as marks of transactions, are counted in their entry', async () => {
  const archive = await p.during(open())
  await p.during(archive.take(batch(0, 6, [2, 5])))
  await p.during(archive.take(batch(6, 9, [6])))
  await p.during(archive.flush())
  expect(await entries()).toEqual([{ from: 0, next: 9, rows: 6, absent: 3 }])
})
