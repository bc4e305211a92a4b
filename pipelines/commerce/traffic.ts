/** Believable visitors of the shop: pure and seeded, so the same seed gives the same visits. */
import { exponential, seeded } from '../random.ts'

/** One event as it is sent, and when. An event that was held up is sent after it happened, a retry is sent twice. */
export interface Sent {
  /** ms since epoch. */
  readonly sendAt: number
  readonly event: ShopEventJson
}

export interface ShopEventJson {
  readonly eventId: string
  readonly userId: string
  readonly sessionId: string
  /** ms since epoch. */
  readonly at: number
  readonly type: 'page_view' | 'click' | 'search' | 'add_to_cart' | 'purchase'
  readonly productId?: string
  /** Exact, '19.90'. */
  readonly amount?: string
}

export interface TrafficOptions {
  readonly seed: number
  /** The first visitor comes about now, ms since epoch. */
  readonly now: number
  /** Events per second on average over a day. */
  readonly rate: number
  readonly products: readonly { readonly productId: string; readonly price: string }[]
}

const VISITORS = 3_000
/** Measured over many visits; ties the rate of events to the rate of visitors. */
const EVENTS_PER_VISIT = 7.3
const DAY_MS = 86_400_000
const LATE_SHARE = 0.01
const RETRY_SHARE = 0.01

/** What a visitor does after each step, with its weight; the rest of 1 leaves. */
const NEXT = {
  page_view: { click: 0.5, search: 0.2, page_view: 0.16 },
  search: { click: 0.62, search: 0.18, page_view: 0.1 },
  click: { add_to_cart: 0.24, click: 0.3, page_view: 0.28, search: 0.08 },
  add_to_cart: { purchase: 0.42, page_view: 0.24, click: 0.22 },
  purchase: { page_view: 0.3 },
} as const satisfies Record<string, Partial<Record<ShopEventJson['type'], number>>>

interface Visit {
  readonly userId: string
  readonly sessionId: string
  /** What was looked at last, and what is in the cart: indexes of products. */
  looking: number
  readonly cart: number[]
  type: ShopEventJson['type']
  at: number
}

/** Endless, ordered by the time of sending. */
export function* traffic(options: TrafficOptions): Generator<Sent, never> {
  const random = seeded(options.seed)
  const prefix = (options.seed >>> 0).toString(36)
  const queue = timeline()
  let [events, visits] = [0, 0]
  let arrival = options.now
  queue.add(arrival, () => arrive())

  const arrive = (): void => {
    const visitor = `u${String(1 + Math.floor(random() ** 2 * VISITORS)).padStart(4, '0')}`
    const sessionId = `s${prefix}-${(visits++).toString(36)}`
    const visit: Visit = {
      userId: visitor,
      sessionId,
      looking: popular(),
      cart: [],
      type: 'page_view',
      at: arrival,
    }
    queue.add(arrival, () => act(visit))
    const perSecond = (options.rate / EVENTS_PER_VISIT) * busyness(arrival)
    arrival += (exponential(random) * 1_000) / perSecond
    queue.add(arrival, arrive)
  }
  /** The first products of the list sell best. */
  const popular = (): number => Math.floor(random() ** 2.5 * options.products.length)

  const act = (visit: Visit): void => {
    if (visit.type === 'click' || visit.type === 'page_view') visit.looking = popular()
    if (visit.type === 'add_to_cart') visit.cart.push(visit.looking)
    for (const bought of visit.type === 'purchase' ? visit.cart.splice(0) : [visit.looking])
      send(visit, bought)
    const next = choose(NEXT[visit.type], random())
    if (next === null || (next === 'purchase' && visit.cart.length === 0)) return
    visit.type = next
    visit.at += 1_500 + exponential(random) * 14_000
    queue.add(visit.at, () => act(visit))
  }
  const send = (visit: Visit, product: number): void => {
    const event = eventOf(visit, `e${prefix}-${(events++).toString(36)}`, options.products[product], random)
    const late = random() < LATE_SHARE ? 5_000 + exponential(random) * 60_000 : 0
    outbox.add(visit.at + late, event)
    if (random() < RETRY_SHARE) outbox.add(visit.at + late + 500 + exponential(random) * 3_000, event)
  }
  const outbox = timeline<ShopEventJson>()
  for (;;) {
    queue.take()?.value()
    // Nothing sent earlier than the next thing that happens can still come.
    for (let due = outbox.first(); due !== null && due <= (queue.first() ?? Infinity); due = outbox.first()) {
      const sent = outbox.take()
      if (sent !== null) yield { sendAt: sent.at, event: sent.value }
    }
  }
}

const eventOf = (
  { userId, sessionId, at, type }: Visit,
  eventId: string,
  product: TrafficOptions['products'][number] | undefined,
  random: () => number,
): ShopEventJson => {
  const base = { eventId, userId, sessionId, at: Math.floor(at), type }
  if (product === undefined || type === 'search' || (type === 'page_view' && random() < 0.5)) return base
  const { productId, price } = product
  return type === 'purchase'
    ? { ...base, productId, amount: times(price, 1 + Math.floor(random() ** 4 * 4)) }
    : { ...base, productId }
}

/** A price a few times over, in whole cents. */
const times = (price: string, count: number): string => {
  const cents = Math.round(Number(price) * 100) * count
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
}

/** The evening is busiest, the night quiet; 1 on average. */
const busyness = (ms: number): number => 1 + 0.4 * Math.sin(((ms % DAY_MS) / DAY_MS) * 2 * Math.PI - 2.4)

const choose = <K extends string>(weights: Readonly<Partial<Record<K, number>>>, draw: number): K | null => {
  let left = draw
  for (const [name, weight] of Object.entries(weights) as [K, number][]) {
    left -= weight
    if (left < 0) return name
  }
  return null
}

/** Things by time, earliest first; equal times in the order they were added. */
const timeline = <T = () => void>() => {
  const items: { readonly at: number; readonly value: T }[] = []
  return {
    first: (): number | null => items[0]?.at ?? null,
    take: () => items.shift() ?? null,
    add: (at: number, value: T): void => {
      let i = items.length
      while (i > 0 && (items[i - 1]?.at ?? 0) > at) i--
      items.splice(i, 0, { at, value })
    },
  }
}
