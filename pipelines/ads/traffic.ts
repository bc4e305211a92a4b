/**
 * Believable impressions and what is clicked of them: pure and seeded. Both make the same day of a seed, so that clicks belong to
 * impressions. Some clicks come in before their impression; a robot clicks what it was never shown.
 */
import { exponential, seeded } from '../random.ts'
import { isoOf, type Sent, type TrafficOptions } from '../sent.ts'

export interface ClickJson {
  readonly userId: string
  readonly adId: string
  /** ISO, UTC. */
  readonly at: string
}
export interface ImpressionJson extends ClickJson {
  readonly campaignId: string
  readonly slot: string
  readonly cost: string
}

const USERS = 400
const ADS = 12
const CAMPAIGNS = 4
/** Where ads stand: how often, how often they are chosen there, and what a thousand of them cost. */
const SLOTS = [
  { slot: 'top', share: 0.2, clicks: 0.14, price: 9 },
  { slot: 'feed', share: 0.5, clicks: 0.08, price: 5 },
  { slot: 'side', share: 0.3, clicks: 0.02, price: 1.5 },
]
const READS_MS = 45_000
/** An impression is reported by the page when it is left: that may be after the click. */
const HELD_UP_SHARE = 0.1
const HELD_UP_MS = 20_000
const ROBOT = 'user-robot'
const ROBOT_SHARE = 0.002
const ROBOT_CLICKS = 14

interface Outcome {
  readonly impression: Sent<ImpressionJson>
  readonly clicks: readonly Sent<ClickJson>[]
}

/** Endless impressions, in the order of sending. */
export const traffic = (options: TrafficOptions): Generator<Sent<ImpressionJson>, never> =>
  inOrder(options, ({ impression }) => [impression])

/** Endless clicks on the impressions of the same options, in the order of sending: `rate` is that of the impressions. */
export const clicks = (options: TrafficOptions): Generator<Sent<ClickJson>, never> =>
  inOrder(options, (shown) => shown.clicks)

/** What is held up is sent among what happens later. */
function* inOrder<Event>(
  options: TrafficOptions,
  pick: (shown: Outcome) => readonly Sent<Event>[],
): Generator<Sent<Event>, never> {
  let waiting: Sent<Event>[] = []
  for (const { now, ...shown } of day(options)) {
    const due = waiting.filter(({ sendAt }) => sendAt <= now)
    waiting = [...waiting.filter(({ sendAt }) => sendAt > now), ...pick(shown)]
    yield* due.sort((one, other) => one.sendAt - other.sendAt)
  }
  throw new Error('a day has no end')
}

function* day({ seed, now, rate }: TrafficOptions): Generator<Outcome & { readonly now: number }> {
  const random = seeded(seed)
  let at = now
  for (;;) {
    at += (exponential(random) * 1_000) / rate
    const place = placeOf(random())
    const ad = Math.floor(random() ** 1.5 * ADS)
    const who = { userId: `user-${1 + Math.floor(random() ** 1.5 * USERS)}`, adId: `ad-${ad + 1}` }
    const held = random() < HELD_UP_SHARE ? random() * HELD_UP_MS : 0
    const chosen = random() < place.clicks
    const clickedAt = at + 500 + exponential(random) * READS_MS
    const cost = ((place.price * (0.8 + 0.4 * random())) / 1_000).toFixed(6)
    const impression = {
      ...who,
      at: isoOf(at),
      campaignId: `campaign-${1 + (ad % CAMPAIGNS)}`,
      slot: place.slot,
      cost,
    }
    const robot = random() < ROBOT_SHARE ? robotClicks(at, random) : []
    yield {
      now: at,
      impression: { sendAt: at + held, event: impression },
      clicks: [...(chosen ? [{ sendAt: clickedAt, event: { ...who, at: isoOf(clickedAt) } }] : []), ...robot],
    }
  }
}

const robotClicks = (from: number, random: () => number): readonly Sent<ClickJson>[] => {
  let at = from
  return Array.from({ length: ROBOT_CLICKS }, () => {
    at += 200 + random() * 2_000
    return {
      sendAt: at,
      event: { userId: ROBOT, adId: `ad-${1 + Math.floor(random() * ADS)}`, at: isoOf(at) },
    }
  })
}

const placeOf = (draw: number): (typeof SLOTS)[number] => {
  let rest = draw
  return SLOTS.find(({ share }) => (rest -= share) < 0) ?? (SLOTS[0] as (typeof SLOTS)[number])
}
