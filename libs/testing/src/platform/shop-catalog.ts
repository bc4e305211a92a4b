import {
  count,
  days,
  decimal,
  distinct,
  event,
  histogram,
  hours,
  id,
  instant,
  int,
  minutes,
  oneOf,
  pick,
  stream,
  sum,
  tumbling,
  view,
} from 'tidewater'
import { catalogOf } from 'tidewater/fixture'

const Sale = event('Sale', {
  fields: {
    saleId: id(),
    shop: id(),
    country: oneOf('FR', 'DE'),
    at: instant(),
    units: int(),
    price: decimal(10, 2),
  },
  key: 'shop',
  time: 'at',
  dedupe: 'saleId',
})
const ByShop = view('ByShop', {
  doc: 'What a shop sold.',
  from: Sale,
  by: 'shop',
  measure: (e) => ({ sales: count(), revenue: sum(e.price), recent: count().last(minutes(10)) }),
})
const ByCountry = view('ByCountry', {
  from: Sale,
  by: 'country',
  measure: (e) => ({
    sales: count(),
    revenue: sum(e.price),
    shops: distinct(e.shop),
    prices: histogram(e.price, [1, 10.5]),
  }),
})
const ByMinute = view('ByMinute', {
  from: Sale,
  by: ['shop', 'country'],
  window: tumbling(minutes(1)),
  measure: (e) => ({ sales: count(), units: sum(e.units) }),
})
const SoldAt = stream('SoldAt', { from: Sale, select: (e) => pick(e, 'shop') })
const Recent = view('Recent', {
  from: SoldAt,
  by: 'shop',
  expires: hours(1),
  measure: () => ({ sales: count().last(days(1)) }),
})
export const catalog = catalogOf([Sale, SoldAt, ByShop, ByCountry, ByMinute, Recent])

export const TOPIC = 'event.sale'
export const PARTITIONS = 4
export const START = Date.UTC(2026, 0, 1, 12)

export interface Sold {
  readonly saleId: string
  readonly shop: string
  readonly country: 'FR' | 'DE'
  readonly at: number
  readonly units: number
  readonly price: string
}

let sales = 0
/** A sale in that minute of the hour before START. */
export const sale = (
  shop: string,
  minute: number,
  price = '1.00',
  country: Sold['country'] = 'FR',
  units = 1,
): Sold => ({
  ...{ saleId: `s${++sales}`, shop, country, units, price },
  at: START - 3_600_000 + minute * 60_000,
})
