import { must } from '@tidewater/base'
import { compileView, type Machine } from '@tidewater/plan'
import { count, decimal, event, hours, id, instant, minutes, sum, topicOf, tumbling, view } from 'tidewater'
import { catalogOf } from 'tidewater/fixture'

const Sale = event('Sale', {
  fields: { shop: id(), at: instant(), price: decimal(10, 2).optional() },
  key: 'shop',
  time: 'at',
  horizon: hours(24),
})
const ByShop = view('ByShop', {
  from: Sale,
  by: 'shop',
  measure: (e) => ({ sales: count(), revenue: sum(e.price) }),
})
const ByMinute = view('ByMinute', {
  from: Sale,
  by: 'shop',
  window: tumbling(minutes(1)),
  measure: (e) => ({ sales: count(), revenue: sum(e.price) }),
})

const ByPrice = view('ByPrice', {
  from: Sale,
  by: (e) => ({ price: e.price.orSkip() }),
  measure: () => ({ sales: count() }),
})

export const warehouseCatalog = catalogOf([Sale, ByShop, ByMinute, ByPrice])
export const sale = must(warehouseCatalog.events.get('Sale'), 'Sale')
export const TOPIC = topicOf('Sale')
export const MINUTE = 60_000

export const machineOf = (name: string): Machine =>
  compileView(must(warehouseCatalog.views.get(name), name), warehouseCatalog)

export interface ArchivedSale {
  readonly id: string
  readonly shop: string
  /** Event time, ms. */
  readonly at: number
  readonly price: string | null
}

/** By partition and offset. Shop x sells 1.00 (sent twice), 2.50 and once for nothing; shop y 4.00 and 8.00. */
export const ARCHIVED: readonly (readonly ArchivedSale[])[] = [
  [
    { id: 'a', shop: 'x', at: 10_000, price: '1.00' },
    { id: 'b', shop: 'x', at: 50_000, price: '2.50' },
    { id: 'a', shop: 'x', at: 10_000, price: '1.00' },
    { id: 'c', shop: 'y', at: 70_000, price: '4.00' },
  ],
  [
    { id: 'd', shop: 'x', at: 20_000, price: null },
    { id: 'e', shop: 'y', at: 120_000, price: '8.00' },
  ],
]

/** A record as the archive writes it. */
export const lineOf = ({ id: envelope, ...row }: ArchivedSale, partition: number, offset: number): string =>
  `${JSON.stringify({ ...row, _id: envelope, _partition: partition, _offset: offset, _appended_at: offset })}\n`
