import {
  count,
  join,
  matched,
  minutes,
  pattern,
  pick,
  seconds,
  step,
  stream,
  sum,
  topicOf,
  view,
} from 'tidewater'
import type { SaleEvent, SentStream } from './definitions.ts'

/** Cash and card sales of a shop that are close to each other: each pair of them. Both sides come from one log. */
const cashSales = (from: SaleEvent) =>
  stream('Cash', {
    from,
    where: (e) => e.kind.is('cash'),
    select: (e) => pick(e, 'shop', 'at', 'units'),
  })
const cardSales = (from: SaleEvent) =>
  stream('Card', {
    from,
    where: (e) => e.kind.is('card'),
    select: (e) => pick(e, 'shop', 'at', 'units'),
  })
const pair = (left: ReturnType<typeof cashSales>, right: ReturnType<typeof cardSales>) =>
  join('Pair', {
    left,
    right,
    on: 'shop',
    within: { before: minutes(1), after: minutes(2) },
    select: (cash, card) => ({ ...pick(cash, 'shop', 'at'), cash: cash.units, card: card.units }),
  })

/** Every sale, and whether it is among those that the platform sent elsewhere: sides of two logs, by a key of neither's log alone. */
const found = (from: SaleEvent, sent: SentStream) =>
  join('Found', {
    left: from,
    right: sent,
    on: ['kind', 'units'],
    within: { after: seconds(20) },
    keep: 'left',
    match: 'first',
    select: (sale, large) => ({ ...pick(sale, 'kind', 'at', 'units'), isFound: matched(large) }),
  })

/** Two gifts of a shop within half an hour. */
const gifts = (from: SaleEvent) =>
  pattern('Gifts', {
    on: from,
    by: 'shop',
    match: (e) => [step('gift', e.kind.is('gift')).times(2)],
    within: minutes(30),
    select: ({ gift }) => ({ one: gift.first.units, other: gift.last.units }),
  })

const pairs = (from: ReturnType<typeof pair>) =>
  view('Pairs', {
    from,
    by: 'shop',
    measure: (e) => ({ rows: count(), units: sum(e.cash.plus(e.card.times(1_000))) }),
  })
const finds = (from: ReturnType<typeof found>) =>
  view('Finds', {
    from,
    by: 'kind',
    measure: (e) => ({ rows: count(), found: count({ where: e.isFound }), units: sum(e.units) }),
  })
const giftPairs = (from: ReturnType<typeof gifts>) =>
  view('GiftPairs', {
    from,
    by: 'shop',
    measure: (e) => ({ rows: count(), units: sum(e.one.plus(e.other.times(1_000))) }),
  })

/** Two joins and a pattern, each with a view over what it makes. */
export const joinedOver = (from: SaleEvent, sent: SentStream): readonly unknown[] => {
  const sides = [cashSales(from), cardSales(from)] as const
  const made = [pair(...sides), found(from, sent), gifts(from)] as const
  return [...sides, ...made, pairs(made[0]), finds(made[1]), giftPairs(made[2])]
}

/** Of their events, ms: what is older than the newest by more is late. */
export const JOINED_LATENESS = minutes(4)

export const SIDES = { [topicOf('PairSides')]: 'Pair', [topicOf('FoundSides')]: 'Found' } as const
/** By topic: what is made, and the view of it. */
export const MADE = {
  [topicOf('Pair')]: { name: 'Pair', view: 'Pairs' },
  [topicOf('Found')]: { name: 'Found', view: 'Finds' },
  [topicOf('Gifts')]: { name: 'Gifts', view: 'GiftPairs' },
} as const
