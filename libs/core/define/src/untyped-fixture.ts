import { sentenceOf } from '@tidewater/base'
import * as language from './index.ts'
import { Item, measure } from './sale-fixture.ts'
import { ShopEvent } from './shop-event-fixture.ts'

const { event, id, instant, number } = language

/** A view with one measure. */
const asked = (more: object): unknown =>
  Reflect.apply(language.view, null, ['Sales', { from: ShopEvent, by: 'userId', measure, ...more }])
const measured = (n: (e: unknown) => unknown, more = {}): unknown =>
  asked({ measure: (e: unknown) => ({ n: n(e) }), ...more })
/** A stream over ShopEvent. */
const streamed = (more: object): unknown =>
  Reflect.apply(language.stream, null, ['St', { from: ShopEvent, ...more }])
/** An event with a field k, a time at and an optional o. */
const made = (more: object): unknown =>
  Reflect.apply(event, null, [
    'Ev',
    { fields: { k: id(), at: instant(), o: id().optional() }, key: 'k', time: 'at', ...more },
  ])

const Other = event('Other', {
  fields: { userId: id(), quantity: id(), weight: number(), at: instant(), k: id() },
  key: 'k',
  time: 'at',
})
/** A join of ShopEvent and Other. */
const joined = (more: object): unknown =>
  Reflect.apply(language.join, null, [
    'Jo',
    {
      ...{ left: ShopEvent, right: Other, on: 'userId', within: { after: language.minutes(5) } },
      select: (left: { userId: unknown; at: unknown }) => ({ userId: left.userId, at: left.at }),
      ...more,
    },
  ])
/** A pattern over ShopEvent. */
const sequence = (more: object): unknown =>
  Reflect.apply(language.pattern, null, [
    'Pa',
    { on: ShopEvent, by: 'userId', within: language.minutes(5), select: () => ({}), ...more },
  ])
/** The same, of two clicks. */
const twoClicks = (more: object): unknown =>
  sequence({
    match: (e: { type: { is(value: string): language.AnyFlag<'event'> } }) => [
      language.step('a', e.type.is('click')).times(2),
    ],
    ...more,
  })

const scope = {
  ...language,
  ...{ ShopEvent, Item, Other, measure },
  ...{ asked, measured, streamed, joined, sequence, twoClicks, made },
}

/** What an author without a type checker is told about a line of JavaScript; 'accepted' when nothing. */
export const told = (code: string): string => {
  try {
    // plain JavaScript is the point: Node strips types, and nobody checks them at load
    new Function(...Object.keys(scope), `return (${code})`)(...Object.values(scope))
    return 'accepted'
  } catch (error) {
    return sentenceOf(error)
  }
}
