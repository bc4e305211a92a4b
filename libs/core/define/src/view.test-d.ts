// What the type checker infers: the plain rows a person gets.
import {
  count,
  distinct,
  earliest,
  greatest,
  hours,
  join,
  latest,
  least,
  matched,
  max,
  mean,
  min,
  minutes,
  none,
  pattern,
  pick,
  session,
  step,
  stream,
  sum,
  tumbling,
  view,
} from './index.ts'
import type { Decimal, Row } from './index.ts'
import { Item } from './sale-fixture.ts'
import { ShopEvent } from './shop-event-fixture.ts'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const yes = <_ extends true>(): void => {}

export const Everything = view('Everything', {
  from: ShopEvent,
  by: 'userId',
  measure: (e) => ({
    n: count(),
    revenue: sum(e.amount),
    units: sum(e.quantity),
    loads: sum(e.weight),
    worth: sum(e.quantity.times(Item.of(e.productId).price)),
    tenths: sum(0.1),
    ones: sum(1),
    score: sum(e.type.weigh({ click: 1 })),
    doubled: sum(e.quantity.times(2)),
    halved: sum(e.quantity.times(0.5)),
    average: mean(e.quantity),
    least: min(e.amount),
    most: max(e.quantity),
    users: distinct(e.userId, { atMost: 5 }),
    type: latest(e.type).last(hours(1)),
    paid: latest(e.paid),
    first: earliest(e.at),
    ago: earliest(e.at).secondsAgo(),
    rate: count().last(minutes(1)).dividedBy(count()),
    rate0: count().dividedBy(2).orElse(0),
    net: sum(e.amount).minus(sum(e.quantity)),
    capped: sum(e.quantity).cap(0.5),
    greater: greatest(count(), mean(e.weight)),
    lesser: least(sum(e.amount), 1),
    some: sum(e.amount).onlyIf(count().atLeast(5)),
    rounded: sum(e.amount).round(1),
    long: session({ gap: minutes(30) }).seconds(),
    began: session({ gap: minutes(30) }).startedAt(),
    large: sum(e.amount).above(100),
  }),
})
type E = Row<typeof Everything>
yes<Same<E['n'], number>>()
yes<Same<E['revenue'], Decimal>>()
yes<Same<E['units'], number>>()
yes<Same<E['loads'], number>>()
yes<Same<E['worth'], Decimal>>()
yes<Same<E['tenths'], Decimal>>()
yes<Same<E['ones'], number>>()
yes<Same<E['score'], Decimal>>()
yes<Same<E['doubled'], number>>()
yes<Same<E['halved'], Decimal>>()
yes<Same<E['average'], number | null>>()
yes<Same<E['least'], Decimal | null>>()
yes<Same<E['most'], number | null>>()
yes<Same<E['users'], number | null>>()
yes<Same<E['type'], 'click' | 'purchase' | null>>()
yes<Same<E['paid'], boolean | null>>()
yes<Same<E['first'], Date | null>>()
yes<Same<E['ago'], number | null>>()
yes<Same<E['rate'], number | null>>()
yes<Same<E['rate0'], number>>()
yes<Same<E['net'], Decimal>>()
yes<Same<E['capped'], Decimal>>()
yes<Same<E['greater'], number | null>>()
yes<Same<E['lesser'], Decimal>>()
yes<Same<E['some'], Decimal | null>>()
yes<Same<E['rounded'], Decimal>>()
yes<Same<E['long'], number>>()
yes<Same<E['began'], Date | null>>()
yes<Same<E['large'], boolean>>()

export const ByMinute = view('ByMinute', {
  top: { n: 10, by: 'orders' },
  measure: () => ({ orders: count() }),
  window: tumbling(minutes(1)),
  by: (e) => ({
    productId: e.productId.orSkip(),
    category: Item.of(e.productId).category.orElse('unknown'),
  }),
  from: ShopEvent,
})
yes<
  Same<Row<typeof ByMinute>, { productId: string; category: string; orders: number; start: Date; end: Date }>
>()

export const Pair = view('Pair', { from: ShopEvent, by: ['userId', 'type'], measure: () => ({ n: count() }) })
yes<Same<Row<typeof Pair>, { userId: string; type: 'click' | 'purchase'; n: number }>>()

export const All = view('All', {
  from: ShopEvent,
  window: tumbling('month', { zone: 'Europe/London' }),
  measure: () => ({ n: count() }),
})
yes<Same<Row<typeof All>, { n: number; start: Date; end: Date }>>()

yes<Same<Row<typeof ShopEvent>['amount'], Decimal | null>>()
yes<Same<Row<typeof ShopEvent>['at'], Date>>()
yes<Same<Row<typeof Item>['price'], Decimal>>()

export const Buying = stream('Buying', {
  from: ShopEvent,
  where: (e) => e.type.is('purchase'),
  select: (e) => ({
    ...pick(e, 'userId', 'productId', 'type'),
    worth: e.quantity.times(Item.of(e.productId).price),
    doubled: e.quantity.times(2),
  }),
})
yes<
  Same<
    Row<typeof Buying>,
    {
      userId: string
      productId: string | null
      type: 'click' | 'purchase'
      worth: Decimal | null
      doubled: number
    }
  >
>()

export const Filtered = stream('Filtered', { from: Buying, where: (e) => e.doubled.above(4) })
yes<Same<Row<typeof Filtered>, Row<typeof Buying>>>()

export const Buyers = view('Buyers', {
  from: Filtered,
  by: 'userId',
  measure: (e) => ({ worth: sum(e.worth), last: latest(e.type) }),
})
yes<Same<Row<typeof Buyers>, { userId: string; worth: Decimal; last: 'click' | 'purchase' | null }>>()

export const ByType = stream('ByType', {
  from: Buying,
  key: 'type',
  select: (e) => ({ ...pick(e, 'type', 'userId'), worth: e.worth.orElse(0) }),
})
yes<Same<Row<typeof ByType>, { type: 'click' | 'purchase'; userId: string; worth: Decimal }>>()

const Purchases = stream('Purchases', { from: ShopEvent, where: (e) => e.type.is('purchase') })
export const Bought = join('Bought', {
  ...{ left: ShopEvent, right: Purchases, on: ['userId', 'productId'], keep: 'left' },
  within: { after: minutes(30) },
  select: (seen, buy) => ({ ...pick(seen, 'userId', 'at', 'amount'), buys: matched(buy), boughtAt: buy.at }),
})
yes<
  Same<
    Row<typeof Bought>,
    { userId: string; at: Date; amount: Decimal | null; buys: boolean; boughtAt: Date | null }
  >
>()
export const Leaving = pattern('Leaving', {
  ...{ on: ShopEvent, by: 'userId', within: minutes(30) },
  match: (e) => [step('seen', e.type.is('click')).times(3), none(e.type.is('purchase'))],
  select: ({ seen }) => ({ clicks: seen.count(), since: seen.first.at, last: seen.productId }),
})
yes<
  Same<Row<typeof Leaving>, { userId: string; at: Date; clicks: number; since: Date; last: string | null }>
>()
