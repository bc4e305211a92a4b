import {
  boolean,
  count,
  decimal,
  event,
  file,
  id,
  instant,
  int,
  number,
  oneOf,
  table,
  text,
} from './index.ts'

/** An event with a field of every type, and a table, that mistakes are made with. */
export const ShopEvent = event('ShopEvent', {
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
export const Product = table('Product', {
  fields: { productId: id(), category: text(), price: decimal(9, 2) },
  key: 'productId',
  from: file('products.csv'),
})

export const one = () => ({ n: count() })
