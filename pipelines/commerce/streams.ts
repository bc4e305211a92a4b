import { pick, stream } from 'tidewater'
import { ShopEvent } from './events.ts'

export const Purchase = stream('Purchase', {
  doc: 'A visitor bought something.',
  from: ShopEvent,
  where: (e) => e.type.is('purchase'),
  select: (e) => pick(e, 'userId', 'productId', 'at', 'amount'),
})
