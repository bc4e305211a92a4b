import { decimal, event, hours, id, instant, minutes, oneOf } from 'tidewater'
import type { Row } from 'tidewater'

export const ShopEvent = event('ShopEvent', {
  doc: 'Something a visitor did in the shop.',
  fields: {
    eventId: id(),
    userId: id(),
    sessionId: id().optional(),
    at: instant(),
    type: oneOf('page_view', 'click', 'search', 'add_to_cart', 'purchase'),
    productId: id().optional(),
    amount: decimal(12, 2).optional(),
  },
  key: 'userId',
  time: 'at',
  lateness: minutes(10),
  horizon: hours(24),
  dedupe: 'eventId',
})
export type ShopEvent = Row<typeof ShopEvent>
