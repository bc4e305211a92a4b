// Programs the type checker refuses, each with the error an author meets. `wrong.test.ts` runs the same mistakes,
// because Node strips types and never checks them.
import {
  count,
  distinct,
  event,
  hours,
  id,
  instant,
  join,
  latest,
  minutes,
  none,
  pattern,
  pick,
  session,
  step,
  stream,
  sum,
  text,
  tumbling,
  view,
} from './index.ts'

import { Item, measure } from './sale-fixture.ts'
import { ShopEvent } from './shop-event-fixture.ts'

const Shop = event('Shop', {
  fields: { userId: id(), amount: id(), shop: id(), at: instant() },
  key: 'userId',
  time: 'at',
})
const Other = { from: ShopEvent, by: 'userId' } as const

export const wrong = (): void => {
  // @ts-expect-error the key may be missing: key 'productId' may be missing: write by: (e) => ({ productId: e.productId.orSkip() })
  view('A', { from: ShopEvent, by: 'productId', measure: () => ({ n: count() }) })
  // @ts-expect-error no aggregate
  view('B', { ...Other, measure: (e) => ({ amount: e.amount }) })
  // @ts-expect-error a text cannot be summed
  view('C', { ...Other, measure: (e) => ({ n: sum(e.type) }) })
  // @ts-expect-error two windows
  view('D', { ...Other, measure: () => ({ n: count().last(hours(1)).last(minutes(1)) }) })
  // @ts-expect-error not one of the texts
  view('E', { ...Other, measure: (e) => ({ n: count({ where: e.type.is('buy') }) }) })
  // @ts-expect-error top by a measure that is not there
  view('F', { ...Other, measure: () => ({ n: count() }), top: { n: 3, by: 'm' } })
  // @ts-expect-error one event's value mixed with a measure
  view('G', { ...Other, measure: (e) => ({ n: count().plus(e.quantity) }) })
  // @ts-expect-error the key may be missing, in a callback
  view('H', { from: ShopEvent, by: (e) => ({ p: e.productId }), measure: () => ({ n: count() }) })
  // @ts-expect-error a field misspelt
  view('I', { ...Other, measure: (e) => ({ n: latest(e.tpye) }) })
  // @ts-expect-error a window after arithmetic
  view('J', { ...Other, measure: () => ({ r: count().dividedBy(2).last(minutes(1)) }) })
  // @ts-expect-error no such calendar unit
  view('K', { ...Other, window: tumbling('fortnight'), measure: () => ({ n: count() }) })
  // @ts-expect-error a list of keys with one that may be missing
  view('L', { from: ShopEvent, by: ['userId', 'productId'], measure: () => ({ n: count() }) })
  // @ts-expect-error a text has no arithmetic
  view('M', { ...Other, measure: (e) => ({ n: sum(e.userId.times(2)) }) })
  // @ts-expect-error a field of a table misspelt
  view('N', { from: ShopEvent, by: (e) => ({ c: Item.of(e.productId).categry.orElse('x') }), measure })
  // @ts-expect-error a lookup may find nothing
  view('O', { from: ShopEvent, by: (e) => ({ c: Item.of(e.productId).price }), measure })
  // @ts-expect-error a session is read by seconds, events or startedAt
  view('P', { ...Other, measure: () => ({ s: session({ gap: minutes(30) }) }) })
  // @ts-expect-error where takes a condition
  view('Q', { ...Other, where: (e) => e.amount, measure: () => ({ n: count() }) })
  // @ts-expect-error where chooses events, not measures
  view('R', { ...Other, measure: () => ({ n: count({ where: count().above(3) }) }) })
  // @ts-expect-error rounding is for measures
  view('S', { ...Other, measure: (e) => ({ n: sum(e.quantity.round(1)) }) })
  // @ts-expect-error secondsAgo is for measures
  view('T', { ...Other, measure: (e) => ({ n: sum(e.at.secondsAgo()) }) })
  // @ts-expect-error a weight for a text that is not one of them
  view('U', { ...Other, measure: (e) => ({ n: sum(e.type.weigh({ buy: 1 })) }) })
  // @ts-expect-error distinct takes a value, not a name
  view('V', { ...Other, measure: () => ({ n: distinct('userId') }) })
  // @ts-expect-error a property misspelt
  view('W', { ...Other, mesure: () => ({ n: count() }) })
  // @ts-expect-error a key that may be missing
  event('X', { fields: { k: id().optional(), at: instant() }, key: 'k', time: 'at' })
  // @ts-expect-error the time is no instant
  event('Y', { fields: { k: id(), at: text() }, key: 'k', time: 'at' })
  // @ts-expect-error dedupe names no field
  event('Z', { fields: { k: id(), at: instant() }, key: 'k', time: 'at', dedupe: 'id' })
  // @ts-expect-error a stream has no measure
  stream('AA', { from: ShopEvent, select: () => ({ n: count() }) })
  // @ts-expect-error a field misspelt
  stream('AB', { from: ShopEvent, select: (e) => pick(e, 'usrId') })
  // @ts-expect-error where takes a condition
  stream('AC', { from: ShopEvent, where: (e) => e.amount })
  // @ts-expect-error a field must be a value, not a number
  stream('AD', { from: ShopEvent, select: () => ({ n: 3 }) })
  const Narrow = stream('AE', { from: ShopEvent, select: (e) => pick(e, 'userId', 'productId') })
  // @ts-expect-error a field that the stream does not select
  view('AF', { from: Narrow, by: 'userId', measure: (e) => ({ n: sum(e.amount) }) })
  // @ts-expect-error a key that may be missing, of a stream
  view('AG', { from: Narrow, by: 'productId', measure })

  const sides = { left: ShopEvent, right: Shop, within: { after: minutes(5) } } as const
  // @ts-expect-error a join without a bound
  join('Ja', { left: ShopEvent, right: Shop, on: 'userId', select: (a) => pick(a, 'userId', 'at') })
  // @ts-expect-error an id is never a number
  join('Jb', { ...sides, on: 'amount', select: (a) => pick(a, 'userId', 'at') })
  // @ts-expect-error only one side has it
  join('Jc', { ...sides, on: 'productId', select: (a) => pick(a, 'userId', 'at') })
  join('Jd', {
    ...{ ...sides, on: 'userId', keep: 'left' },
    select: (a, b) => ({ ...pick(a, 'userId', 'at'), shop: b.shop }),
    // @ts-expect-error kept by a field that is not selected
    key: 'shopId',
  })
  const kept = join('Je', {
    ...{ ...sides, on: 'userId', keep: 'left' },
    select: (a, b) => ({ ...pick(a, 'userId', 'at'), shop: b.shop }),
  })
  // @ts-expect-error the right row may not be there, so its field may be missing
  view('S', { from: kept, by: 'shop', measure })
  // @ts-expect-error a field of the right row misspelt
  join('Jf', { ...sides, on: 'userId', select: (a, b) => ({ ...pick(a, 'userId', 'at'), x: b.shpo }) })
  // @ts-expect-error a step waits for a condition
  step('a', 'click')
  const clicks = { on: ShopEvent, by: 'userId', within: minutes(5) } as const
  pattern('Pa', {
    ...clicks,
    match: (e) => [step('first', e.type.is('click')), none(e.type.is('purchase'))],
    // @ts-expect-error no such step
    select: ({ second }) => ({ at: second.at }),
  })
  pattern('Pb', {
    ...{ on: ShopEvent, within: minutes(5) },
    // @ts-expect-error what it goes by is never missing
    by: 'productId',
    match: (e) => [step('a', e.type.is('click')).times(2)],
    select: () => ({}),
  })
}
