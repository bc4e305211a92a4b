import { sentenceOf } from '@tidewater/base'
import * as language from './index.ts'
import { Product, ShopEvent, one } from './shop-event-fixture.ts'

const { event, id, instant } = language

/** A view with one measure. */
const asked = (more: object): unknown =>
  Reflect.apply(language.view, null, ['Sales', { from: ShopEvent, by: 'userId', measure: one, ...more }])
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

const scope = { ...language, ShopEvent, Product, one, asked, measured, streamed, made }

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
