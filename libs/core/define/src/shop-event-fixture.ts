import { boolean, decimal, event, id, instant, int, number, oneOf } from './index.ts'

/** An event with a field of every type that mistakes are made with. */
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
