import { must } from '@tidewater/base'
import { definitionsOf, type Definitions } from '@tidewater/testing/simulated'
import {
  buildCatalog,
  count,
  decimal,
  definitionOf,
  distinct,
  earliest,
  event,
  file,
  hours,
  id,
  instant,
  int,
  latest,
  max,
  mean,
  min,
  minutes,
  number,
  oneOf,
  pick,
  session,
  stream,
  sum,
  table,
  text,
  topicOf,
  tumbling,
  view,
  type TableContent,
} from 'tidewater'
import { JOINED_LATENESS, joinedOver } from './joined-definitions.ts'

const fields = {
  saleId: id(),
  shop: id(),
  at: instant(),
  kind: oneOf('cash', 'card', 'gift'),
  units: int(),
  amount: decimal(9, 2).optional(),
  weight: number().optional(),
  buyer: text().optional(),
}
const rules = { key: 'shop', time: 'at', dedupe: 'saleId', horizon: minutes(20) } as const
const Sale = event('Sale', { fields, ...rules })
/** The same event after somebody added a field. */
const laterFields = { ...fields, note: text().optional() }
const LaterSale = event('Sale', { fields: laterFields, ...rules })

const Region = table('Region', {
  fields: { shop: id(), region: text() },
  key: 'shop',
  from: file('regions.csv'),
})

export type SaleEvent = typeof Sale
export type SentStream = ReturnType<typeof largeByKind>

const byShop = (from: SaleEvent, lately: number) =>
  view('ByShop', {
    from,
    by: 'shop',
    measure: (e) => ({
      sales: count(),
      units: sum(e.units),
      amount: sum(e.amount),
      least: min(e.amount),
      most: max(e.units),
      weight: mean(e.weight),
      gifts: count({ where: e.kind.is('gift') }),
      lastKind: latest(e.kind),
      firstUnits: earliest(e.units),
      lately: sum(e.units).last(minutes(lately)),
      before: count().previous(minutes(lately)),
      sitting: session({ gap: minutes(30) }).seconds(),
      buyers: distinct(e.buyer, { atMost: 3 }),
    }),
  })
const byHalfHour = (from: SaleEvent) =>
  view('ByHalfHour', {
    from,
    by: 'shop',
    window: tumbling(minutes(30)),
    measure: (e) => ({ sales: count(), amount: sum(e.amount), buyers: distinct(e.buyer, { atMost: 3 }) }),
  })
/** Sales of more than some units, a stream; and of those the ones that are no gifts, a stream over it. */
const large = (from: SaleEvent, beyond: number) =>
  stream('Large', {
    from,
    where: (e) => e.units.above(beyond),
    select: (e) => ({ ...pick(e, 'shop', 'kind'), units: e.units.times(2), item: e.buyer.orElse('none') }),
  })
/** Its key is not the event's: a group is on every partition. */
const byKind = (from: ReturnType<typeof large>) =>
  view('ByKind', {
    from,
    by: 'kind',
    clock: 'event',
    measure: (e) => ({ sales: count(), lately: count().last(hours(1)), units: sum(e.units) }),
  })
const paid = (from: ReturnType<typeof large>) =>
  stream('Paid', {
    from,
    where: (e) => e.kind.is('gift').not(),
    select: (e) => ({ place: e.shop, units: e.units.plus(1), item: e.item }),
  })
/** Its key is the event's, under another name. */
const byPlace = (from: ReturnType<typeof paid>) =>
  view('ByPlace', {
    from,
    by: 'place',
    measure: (e) => ({ sales: count(), units: sum(e.units), items: distinct(e.item) }),
  })
/** Its key is bound at read. */
const byRegion = (from: SaleEvent) =>
  view('ByRegion', {
    from,
    by: (e) => ({ region: Region.of(e.shop).region.orElse('elsewhere') }),
    measure: (e) => ({ sales: count(), units: sum(e.units) }),
  })
const awake = (from: SaleEvent) =>
  view('Awake', {
    from,
    by: 'shop',
    expires: hours(1),
    measure: (e) => ({ sales: count(), lastUnits: latest(e.units) }),
  })
const byBuyer = (from: SaleEvent) =>
  view('ByBuyer', {
    from,
    by: (e) => ({ buyer: e.buyer.orSkip() }),
    measure: (e) => ({ sales: count(), amount: sum(e.amount) }),
  })

/** The large sales in a log of their own, where all of one kind stand on one partition. */
const largeByKind = (from: SaleEvent) =>
  stream('LargeByKind', {
    from,
    where: (e) => e.units.above(2),
    select: (e) => pick(e, 'kind', 'at', 'units'),
    key: 'kind',
  })
const soldByKind = (from: ReturnType<typeof largeByKind>) =>
  view('SoldByKind', { from, by: 'kind', measure: (e) => ({ sales: count(), units: sum(e.units) }) })

export const REGIONS: ReadonlyMap<string, string> = new Map([
  ['x', 'north'],
  ['\ufeffx', 'south'],
  ['__proto__', 'north'],
])

const contents: ReadonlyMap<string, TableContent> = new Map([
  ['Region', { hash: 'r1', rows: new Map([...REGIONS].map(([shop, region]) => [shop, { shop, region }])) }],
])

const catalogOf = (...made: readonly unknown[]) =>
  buildCatalog(
    made.map((one) => ({ definition: must(definitionOf(one), 'definition'), source: 'definitions.ts' })),
    contents,
  )

/** One set of definitions, with what the oracle must know of it. */
export interface Version extends Definitions {
  readonly name: string
  /** Minutes of ByShop's window. */
  readonly lately: number
  /** Units that a sale of the stream Large is beyond. */
  readonly beyond: number
}

const always = (from: SaleEvent, joined: boolean, beyond = 0) => {
  const most = large(from, beyond)
  const bought = paid(most)
  const sent = largeByKind(from)
  return [
    sent,
    soldByKind(sent),
    most,
    bought,
    byHalfHour(from),
    byKind(most),
    byPlace(bought),
    byRegion(from),
    awake(from),
    ...(joined ? joinedOver(from, sent) : []),
  ]
}

/** What a deployment may move to and back from: as it began, a view added, a view changed, a stream changed, a field added. */
const versions = (Sale: SaleEvent, LaterSale: SaleEvent, joined: boolean): Versions => [
  {
    name: 'first',
    lately: 10,
    beyond: 0,
    ...definitionsOf(catalogOf(Sale, Region, byShop(Sale, 10), ...always(Sale, joined))),
  },
  {
    name: 'view added',
    lately: 10,
    beyond: 0,
    ...definitionsOf(catalogOf(Sale, Region, byShop(Sale, 10), ...always(Sale, joined), byBuyer(Sale))),
  },
  {
    name: 'view changed',
    lately: 20,
    beyond: 0,
    ...definitionsOf(catalogOf(Sale, Region, byShop(Sale, 20), ...always(Sale, joined), byBuyer(Sale))),
  },
  {
    name: 'stream changed',
    lately: 20,
    beyond: 1,
    ...definitionsOf(catalogOf(Sale, Region, byShop(Sale, 20), ...always(Sale, joined, 1), byBuyer(Sale))),
  },
  {
    name: 'field added',
    lately: 10,
    beyond: 0,
    ...definitionsOf(catalogOf(LaterSale, Region, byShop(LaterSale, 10), ...always(LaterSale, joined))),
  },
]

export type Versions = readonly [Version, ...Version[]]
export const VERSIONS = versions(Sale, LaterSale as SaleEvent, false)
/** The same with joins and patterns. */
export const JOINED_VERSIONS = versions(
  event('Sale', { fields, ...rules, lateness: JOINED_LATENESS }) as SaleEvent,
  event('Sale', { fields: laterFields, ...rules, lateness: JOINED_LATENESS }) as SaleEvent,
  true,
)

export const TOPIC = topicOf('Sale')
/** What the platform itself sends, and the view of it. */
export const SENT_TOPIC = topicOf('LargeByKind')
export const SENT_VIEW = 'SoldByKind'
export const HORIZON_MS = minutes(20).ms
