import { afterEach, beforeEach, expect, it } from 'vitest'
import { sale } from '@tidewater/testing/shop-catalog'
import { openShop, type Shop } from '@tidewater/testing/served-shop'

let platform: Shop

beforeEach(async () => {
  platform = await openShop()
})
afterEach(() => platform.close())

const STATUS = '{ status { events { event accepted applied duplicate dead waiting uncounted balanced } } }'
const account = async (): Promise<unknown> =>
  (await platform.ask<{ status: { events: unknown } }>(STATUS)).status.events

it('says where every record is, also while nobody reads them', async () => {
  const sent = [sale('a', 1), sale('b', 2)]
  await platform.sell(...sent, sale('a', 3))
  await platform.sell(...sent)
  await platform.stopWorker()
  await platform.sell(sale('c', 4))
  platform.setClock(platform.clock.now() + 1_000)
  const event = { event: 'Sale', uncounted: 0, balanced: true }
  expect(await account()).toEqual([{ ...event, accepted: 6, applied: 3, duplicate: 2, dead: 0, waiting: 1 }])
})
