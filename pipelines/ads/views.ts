import { count, latest, ratioOf, sum, tumbling, view } from 'tidewater'
import type { RowOf } from 'tidewater'
import { ClickCredit, ClickFlood, ImpressionClick } from './streams.ts'

const outcome = (shown: RowOf<typeof ImpressionClick>) => {
  const impressions = count()
  const clicks = count({ where: shown.clicked })
  return { impressions, clicks, clickThrough: ratioOf(clicks, impressions), cost: sum(shown.cost) }
}

export const AdPerformance = view('AdPerformance', {
  doc: 'How often an ad was chosen, of the impressions whose ten minutes are over.',
  from: ImpressionClick,
  by: ['campaignId', 'adId'],
  measure: (shown) => ({
    ...outcome(shown),
    costPerClick: sum(shown.cost).dividedBy(count({ where: shown.clicked })),
    lastClick: latest(shown.clickedAt),
  }),
})

export const SlotByHour = view('SlotByHour', {
  doc: 'Where on a page ads are chosen.',
  from: ImpressionClick,
  by: 'slot',
  window: tumbling('hour'),
  measure: outcome,
})

export const ClicksByHour = view('ClicksByHour', {
  doc: 'How many clicks belong to an impression, and how many to none.',
  from: ClickCredit,
  window: tumbling('hour'),
  measure: (click) => ({
    clicks: count(),
    credited: count({ where: click.credited }),
    uncredited: count({ where: click.credited.not() }),
  }),
})

export const Flooder = view('Flooder', {
  doc: 'Users who click as no person does.',
  from: ClickFlood,
  by: 'userId',
  measure: (flood) => ({ floods: count(), last: latest(flood.at) }),
})
