import { sentenceOf } from '@tidewater/base'
import * as language from './index.ts'

const { boolean, count, decimal, event, file, id, instant, int, number, oneOf, table, text } = language

const ShopEvent = event('ShopEvent', {
  fields: {
    userId: id(),
    at: instant(),
    type: oneOf('click', 'purchase'),
    productId: id().optional(),
    amount: decimal(12, 2).optional(),
    quantity: int(),
    weight: number(),
    paid: boolean(),
  },
  key: 'userId',
  time: 'at',
})
const Product = table('Product', {
  fields: { productId: id(), category: text() },
  key: 'productId',
  from: file('products.csv'),
})
const one = () => ({ n: count() })
/** A view with one measure. */
const asked = (more: object): unknown =>
  Reflect.apply(language.view, null, ['Sales', { from: ShopEvent, by: 'userId', measure: one, ...more }])
const measured = (n: (e: unknown) => unknown, more = {}): unknown =>
  asked({ measure: (e: unknown) => ({ n: n(e) }), ...more })
/** An event with a field k, a time at and an optional o. */
const made = (more: object): unknown =>
  Reflect.apply(event, null, [
    'Ev',
    { fields: { k: id(), at: instant(), o: id().optional() }, key: 'k', time: 'at', ...more },
  ])

const scope = { ...language, ShopEvent, Product, one, asked, measured, made }

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
