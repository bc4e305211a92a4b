import { join, matched, minutes, pattern, pick, step } from 'tidewater'
import { Click, Impression } from './events.ts'

const sameAd = ['userId', 'adId'] as const

export const ImpressionClick = join('ImpressionClick', {
  doc: 'What became of an impression: the first click on it within ten minutes, or none, once that can no longer come.',
  ...{ left: Impression, right: Click, on: sameAd, keep: 'left', match: 'first' },
  within: { after: minutes(10) },
  select: (shown, click) => ({
    ...pick(shown, 'userId', 'adId', 'campaignId', 'slot', 'cost', 'at'),
    clicked: matched(click),
    clickedAt: click.at,
  }),
})

export const ClickCredit = join('ClickCredit', {
  doc: 'Which impression a click is credited to: one of the ten minutes before it, or none.',
  ...{ left: Click, right: Impression, on: sameAd, keep: 'left', match: 'first' },
  within: { before: minutes(10) },
  select: (click, shown) => ({
    ...pick(click, 'userId', 'adId', 'at'),
    credited: matched(shown),
    campaignId: shown.campaignId,
  }),
})

export const ClickFlood = pattern('ClickFlood', {
  doc: 'Ten clicks of one user within a minute: hardly a person.',
  on: Click,
  by: 'userId',
  match: (click) => [step('click', click.adId.isKnown()).times(10)],
  within: minutes(1),
  select: ({ click }) => ({ since: click.first.at, firstAd: click.first.adId }),
})
