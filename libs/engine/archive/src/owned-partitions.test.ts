import type { LogSubscription } from '@tidewater/ports'
import { openTestPlatform, type TestPlatform } from '@tidewater/testing/platform'
import { beforeEach, expect, test } from 'vitest'
import { OwnedPartitions } from './owned-partitions.ts'
import { saleArchived, saleCatalog, saleRecord, saleRow } from './test-event.ts'

const place = { topic: 'event.sale', partition: 0 }
const batch = {
  ...place,
  ...{ from: 0, nextOffset: 3, highWatermark: 9 },
  records: [0, 1, 2].map((offset) => ({
    ...saleRecord(0, `i${offset}`, saleRow({})),
    ...{ key: null, offset, appendedAt: 1 },
  })),
}

let p: TestPlatform
let faults: unknown[] = []
let sought: unknown[] = []
beforeEach(async () => {
  p = await openTestPlatform({ catalog: saleCatalog })
  faults = []
  sought = []
})

const open = (): OwnedPartitions =>
  new OwnedPartitions({
    ports: {
      lake: p.lake,
      log: { append: async () => [], bounds: async () => [{ partition: 0, low: 0, high: 9 }] },
      writer: p.ports.writer,
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
  expect(await p.during(owned.assigned([place]))).toEqual([0])
  const range = { ...place, from: 0, next: 5, level: 0, rows: 0, dead: 0, absent: 5, missed: 0 }
  await p.during(p.lake.add({ ...range, lastAppended: 1, maxEventTime: null }, null))
  await p.during(owned.batch(batch))
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
  expect(await p.during(owned.assigned([place]))).toEqual([5])
  await readingBegins(owned)
  expect(sought).toEqual([])
})
