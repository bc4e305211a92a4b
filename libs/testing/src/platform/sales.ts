import { must } from '@tidewater/base'
import type { GenerationRecord } from '@tidewater/ports'
import { openTestPlatform } from './open-test-platform.ts'
import type { StoredView } from './stored-view.ts'
import { count, event, id, instant, int, minutes, sum, topicOf, tumbling, view } from 'tidewater'
import { catalogOf } from 'tidewater/fixture'

const Sale = event('Sale', {
  fields: { saleId: id(), shop: id(), at: instant(), units: int() },
  key: 'shop',
  time: 'at',
  dedupe: 'saleId',
})
const ByShop = view('ByShop', {
  from: Sale,
  by: 'shop',
  measure: (e) => ({ sales: count(), units: sum(e.units) }),
})
const ByMinute = view('ByMinute', {
  from: Sale,
  by: 'shop',
  window: tumbling(minutes(1)),
  measure: () => ({ sales: count() }),
})

export const TOPIC = topicOf('Sale')

/** The nth sale, of n units, as a record. */
export const sale = (n: number, shop: string, partition: number, saleId = `s${n}`) => ({
  partition,
  key: shop,
  headers: {},
  value: new TextEncoder().encode(JSON.stringify({ saleId, shop, at: n * 10_000, units: n })),
})

/** The platform with these sales and what its speed part has of them; the lake knows of one generation at most. */
export const openSales = async (partitions = 2, newest: GenerationRecord | null = null) => {
  const p = await openTestPlatform({ catalog: catalogOf([Sale, ByShop, ByMinute]), partitions })
  p.lake.generations = async () => (newest === null ? [] : [newest])
  const sold = async (view: string): Promise<StoredView['speed']> => (await p.stored(view)).speed
  const alarms = (): (string | undefined)[] => p.said.error.map((sentence) => sentence.split(' ')[0])
  return { ...p, source: must(p.sources[0], 'a source'), newest: async () => newest, sold, alarms }
}
export type Sales = Awaited<ReturnType<typeof openSales>>
