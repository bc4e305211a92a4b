import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLake } from '@tidewater/adapter-lake'
import type { LogSubscription } from '@tidewater/ports'
import { expect, test } from 'vitest'
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

test('an archiver that lost its first range before reading had begun is sent behind the winner all the same', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'owned-'))
  const lake = await openLake(directory)
  const faults: unknown[] = []
  const owned = new OwnedPartitions({
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
  expect(await owned.assigned([place])).toEqual([0])
  const winner = { ...place, from: 0, next: 5, level: 0, rows: 0, dead: 0, absent: 5, missed: 0 }
  await lake.add({ ...winner, lastAppended: 1, maxEventTime: null }, null)
  await owned.batch(batch)
  const sought: unknown[] = []
  const subscription = { seek: (...to: unknown[]) => void sought.push(to) } as Partial<LogSubscription>
  owned.reads(subscription as LogSubscription)
  await Promise.resolve()
  expect(sought).toEqual([[place, 5]])
  expect(faults).toEqual([])
  await rm(directory, { recursive: true, force: true })
})
