import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLake } from '@tidewater/adapter-lake'
import type { Lake, LogSubscription } from '@tidewater/ports'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { OwnedPartitions } from './owned-partitions.ts'
import { saleArchived, saleRecord, saleRow } from './test-event.ts'

const place = { topic: 'event.sale', partition: 0 }
const batch = {
  ...place,
  ...{ from: 0, nextOffset: 3, highWatermark: 9 },
  records: [0, 1, 2].map((offset) => ({
    ...saleRecord(0, `i${offset}`, saleRow({})),
    ...{ key: null, offset, appendedAt: 1 },
  })),
}

let directory = ''
let lake: Lake
let faults: unknown[] = []
let sought: unknown[] = []
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'owned-'))
  lake = await openLake(directory)
  faults = []
  sought = []
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const open = (): OwnedPartitions =>
  new OwnedPartitions({
    ports: {
      lake,
      log: { append: async () => [], bounds: async () => [{ partition: 0, low: 0, high: 9 }] },
      writer: {
        write: async (_event, lines, file) => writeFile(file, lines),
        alike: async (files) => [files],
        rewrite: async () => 0,
        close: async () => undefined,
      },
      store: { notify: async () => undefined },
      timers: { after: () => () => undefined },
    },
    byTopic: new Map([[place.topic, saleArchived]]),
    limits: { rows: 3, bytes: 1e9, ms: 1e6, heldBytes: 1e9 },
    warn: () => undefined,
    owns: () => undefined,
    added: () => undefined,
    broken: (error) => void faults.push(error),
  })

/** Takes the partition and loses its first range to another archiver, all before reading has begun. */
const loseFirstRange = async (): Promise<OwnedPartitions> => {
  const owned = open()
  expect(await owned.assigned([place])).toEqual([0])
  const range = { ...place, from: 0, next: 5, level: 0, rows: 0, dead: 0, absent: 5, missed: 0 }
  await lake.add({ ...range, lastAppended: 1, maxEventTime: null }, null)
  await owned.batch(batch)
  return owned
}

const readingBegins = async (owned: OwnedPartitions): Promise<void> => {
  const subscription = { seek: (...to: unknown[]) => void sought.push(to) } as Partial<LogSubscription>
  owned.reads(subscription as LogSubscription)
  await Promise.resolve()
  expect(faults).toEqual([])
}

test('an archiver that lost its first range before reading had begun is sent behind the winner all the same', async () => {
  const owned = await loseFirstRange()
  await readingBegins(owned)
  expect(sought).toEqual([[place, 5]])
})

test('what was asked of the log before the partitions were given out anew is not done afterwards', async () => {
  const owned = await loseFirstRange()
  expect(await owned.assigned([place])).toEqual([5])
  await readingBegins(owned)
  expect(sought).toEqual([])
})
