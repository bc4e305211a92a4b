/** Believable edits of an encyclopedia: pure and seeded. Few pages draw most of them, and for a while one is in the news. */
import { exponential, seeded } from '../random.ts'
import { isoOf, type Sent, type TrafficOptions } from '../sent.ts'

export interface EditJson {
  readonly page: string
  readonly user: string
  /** ISO, UTC. */
  readonly at: string
  readonly added: number
  readonly deleted: number
  readonly channel: string
  readonly isRobot: boolean
  readonly isNew: boolean
}

const PAGES = 3_000
const PEOPLE = 800
const ROBOTS = 6
const CHANNELS = ['#en.wikipedia', '#de.wikipedia', '#fr.wikipedia', '#vi.wikipedia']
const ROBOT_SHARE = 0.35
const NEWS_SHARE = 0.12
/** How long a page is in the news. */
const NEWS_MS = 30 * 60_000

/** Endless, in the order of time. */
export function* traffic({ seed, now, rate }: TrafficOptions): Generator<Sent<EditJson>, never> {
  const random = seeded(seed)
  let at = now
  let news = { page: 0, until: 0 }
  for (;;) {
    at += (exponential(random) * 1_000) / rate
    if (at >= news.until) news = { page: Math.floor(random() * PAGES), until: at + NEWS_MS }
    const isRobot = random() < ROBOT_SHARE
    const inTheNews = !isRobot && random() < NEWS_SHARE
    const page = inTheNews ? news.page : Math.floor(random() ** 2 * PAGES)
    const editor = Math.floor(random() ** 2 * (isRobot ? ROBOTS : PEOPLE))
    const event = {
      ...{ page: `Page ${page + 1}`, user: isRobot ? `Robot ${editor + 1}` : `Editor ${editor + 1}` },
      ...{ at: isoOf(at), added: Math.floor(exponential(random) * (isRobot ? 25 : 200)) },
      deleted: random() < 0.3 ? Math.floor(exponential(random) * 40) : 0,
      ...{ channel: CHANNELS[page % CHANNELS.length] ?? '', isRobot, isNew: random() < 0.02 },
    }
    yield { sendAt: at, event }
  }
}
