import { decimal, event, id, instant, minutes, oneOf } from 'tidewater'
import type { Row } from 'tidewater'

const seen = { userId: id(), adId: id(), at: instant() }

export const Impression = event('Impression', {
  doc: 'An ad that was shown to somebody, and what its place cost.',
  fields: { ...seen, campaignId: id(), slot: oneOf('top', 'feed', 'side'), cost: decimal(9, 6) },
  key: 'userId',
  time: 'at',
  lateness: minutes(2),
})
export type Impression = Row<typeof Impression>

export const Click = event('Click', {
  doc: 'Somebody who chose an ad. It may come in before the impression that it belongs to.',
  fields: seen,
  key: 'userId',
  time: 'at',
  lateness: minutes(2),
})
export type Click = Row<typeof Click>
