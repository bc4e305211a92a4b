import {
  count,
  distinct,
  earliest,
  greatest,
  hours,
  latest,
  minutes,
  session,
  sum,
  tumbling,
  view,
} from 'tidewater'
import { ShopEvent } from './events.ts'
import { Purchase } from './streams.ts'
import { Product } from './tables.ts'

export const UserActivity = view('UserActivity', {
  doc: 'What a visitor is doing right now.',
  from: ShopEvent,
  by: 'userId',
  expires: hours(1),
  measure: (e) => {
    const inLastMinute = count().last(minutes(1))
    const recent = count().last(minutes(7.5))
    const earlier = count().previous(minutes(7.5))
    const lastHour = count().last(hours(1))
    const usualHour = count().dividedBy(earliest(e.at).secondsAgo().dividedBy(3600))
    const weight = e.type.weigh({ page_view: 0.1, click: 0.3, search: 0.2, add_to_cart: 0.7, purchase: 1 })
    return {
      eventCountRealtime: count(),
      eventVelocity: inLastMinute,
      clickRate1m: count({ where: e.type.is('click') })
        .last(minutes(1))
        .dividedBy(inLastMinute)
        .orElse(0),
      conversionScore: sum(weight).last(minutes(5)).dividedBy(10).cap(1).orElse(0),
      sessionDuration: session({ gap: minutes(30) }).seconds(),
      engagementTrend: recent
        .minus(earlier)
        .dividedBy(earlier)
        .clamp(-1, 1)
        .onlyIf(recent.plus(earlier).atLeast(10)),
      anomalyScore: lastHour
        .minus(usualHour)
        .abs()
        .dividedBy(greatest(lastHour, usualHour))
        .onlyIf(count().atLeast(5)),
      lastEventType: latest(e.type),
    }
  },
})

export const SalesByProduct = view('SalesByProduct', {
  doc: 'What is sold, minute by minute.',
  from: Purchase,
  by: (e) => ({
    productId: e.productId.orSkip(),
    category: Product.of(e.productId).category.orElse('unknown'),
  }),
  window: tumbling(minutes(1)),
  measure: (e) => ({ orders: count(), revenue: sum(e.amount) }),
  top: { n: 10, by: 'revenue' },
})

export const SalesByCategory = view('SalesByCategory', {
  doc: 'What each category sells, minute by minute.',
  from: Purchase,
  by: (e) => ({ category: Product.of(e.productId).category.orElse('unknown') }),
  window: tumbling(minutes(1)),
  measure: (e) => ({ orders: count(), revenue: sum(e.amount) }),
  top: { n: 10, by: 'revenue' },
})

export const TopProductsLastHour = view('TopProductsLastHour', {
  doc: 'The best-selling products of the last hour.',
  from: Purchase,
  by: (e) => ({ productId: e.productId.orSkip() }),
  expires: hours(1),
  measure: (e) => ({ orders: count().last(hours(1)), revenue: sum(e.amount).last(hours(1)) }),
  top: { n: 10, by: 'revenue' },
})

export const ConversionByHour = view('ConversionByHour', {
  doc: 'How many visitors of an hour became buyers in it.',
  from: ShopEvent,
  window: tumbling('hour'),
  measure: (e) => {
    const visitors = distinct(e.userId, { atMost: 100_000 })
    const buyers = distinct(e.userId, { where: e.type.is('purchase'), atMost: 100_000 })
    return { visitors, buyers, conversionRate: buyers.dividedBy(visitors) }
  },
})
