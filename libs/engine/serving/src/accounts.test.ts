import { afterEach, beforeEach, expect, it } from 'vitest'
import { sale, startPlatform, TOPIC, type MemoryPlatform } from './test-platform.ts'

let platform: MemoryPlatform

beforeEach(async () => {
  platform = await startPlatform()
})
afterEach(() => platform.stop())

const STATUS = '{ status { events { event accepted applied duplicate dead waiting uncounted balanced } } }'
const account = async (): Promise<unknown> =>
  (await platform.ask<{ status: { events: unknown } }>(STATUS)).status.events

it('says where every record is, also while nobody reads them', async () => {
  await platform.sell(sale('a', 1), sale('b', 2), sale('a', 3))
  const copies = platform.rows.slice(0, 2).map(({ partition, row }) => {
    const value = new TextEncoder().encode(JSON.stringify(row))
    return { partition, key: null, value, headers: {} }
  })
  await platform.log.append(TOPIC, copies)
  await platform.settle()
  await platform.stopWorker()
  await platform.sell(sale('c', 4))
  platform.clock.advance(1_000)
  const event = { event: 'Sale', uncounted: 0, balanced: true }
  expect(await account()).toEqual([{ ...event, accepted: 6, applied: 3, duplicate: 2, dead: 0, waiting: 1 }])
})
