import { must } from '@tidewater/base'
import { buildCatalog, count, definitionOf, join, minutes, pick, stream, sum, view } from 'tidewater'
import type { Catalog } from 'tidewater'
import { ShopEvent } from '../../pipelines/commerce/events.ts'

export const WITHIN_MS = minutes(2).ms

const Seen = stream('Seen', {
  from: ShopEvent,
  where: (e) => e.type.is('page_view'),
  select: (e) => pick(e, 'userId', 'at', 'productId'),
})
const Paid = stream('Paid', {
  from: ShopEvent,
  where: (e) => e.type.is('purchase'),
  select: (e) => pick(e, 'userId', 'at', 'amount'),
})

/** The definitions of `speed.join`; each round has logs of its own. */
export const joinCatalog = (round: number): Catalog => {
  const Bought = join(`Bought${round}`, {
    left: Seen,
    right: Paid,
    on: 'userId',
    within: { after: minutes(2) },
    select: (seen, paid) => ({ ...pick(seen, 'userId', 'at', 'productId'), amount: paid.amount }),
  })
  const BoughtBy = view('BoughtBy', {
    from: Bought,
    by: 'userId',
    measure: (e) => ({ pairs: count(), amount: sum(e.amount) }),
  })
  const all = [ShopEvent, Seen, Paid, Bought, BoughtBy]
  return buildCatalog(
    all.map((one) => ({
      definition: must(definitionOf(one), 'a definition'),
      source: 'join-definitions.ts',
    })),
    new Map(),
  )
}
