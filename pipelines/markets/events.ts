import { decimal, event, id, instant, minutes } from 'tidewater'
import type { Row } from 'tidewater'

export const Tick = event('Tick', {
  doc: 'A trade: so much of a symbol at a price. A negative size takes an earlier one back.',
  fields: { symbol: id(), at: instant(), price: decimal(15, 6), size: decimal(12, 4) },
  key: 'symbol',
  time: 'at',
  lateness: minutes(1),
})
export type Tick = Row<typeof Tick>
