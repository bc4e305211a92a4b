/** Believable trades of a few symbols: pure and seeded. Prices walk at random, and now and then one jumps. */
import { exponential, normal, seeded } from '../random.ts'
import { isoOf, type Sent, type TrafficOptions } from '../sent.ts'

export interface TickJson {
  readonly symbol: string
  /** ISO, UTC. */
  readonly at: string
  /** Exact, '19.90'. */
  readonly price: string
  readonly size: string
}

/** Symbols with the cents they begin at and what a usual step is of them. */
const SYMBOLS = [
  { symbol: 'HARB', cents: 4_200, step: 0.0006 },
  { symbol: 'TIDE', cents: 12_950, step: 0.0004 },
  { symbol: 'KELP', cents: 870, step: 0.0015 },
  { symbol: 'BUOY', cents: 31_000, step: 0.0003 },
]
const JUMP_SHARE = 0.002
const JUMP = 0.03

/** Endless, in the order of time. */
export function* traffic({ seed, now, rate }: TrafficOptions): Generator<Sent<TickJson>, never> {
  const random = seeded(seed)
  const prices = SYMBOLS.map(({ cents }) => cents)
  let at = now
  for (;;) {
    at += (exponential(random) * 1_000) / rate
    const i = Math.floor(random() ** 1.5 * SYMBOLS.length)
    const { symbol = '', step = 0 } = SYMBOLS[i] ?? {}
    const move = normal(random) * step + (random() < JUMP_SHARE ? JUMP * Math.sign(random() - 0.5) : 0)
    const price = Math.max(1, (prices[i] ?? 1) * (1 + move))
    prices[i] = price
    const size = String(100 * (1 + Math.floor(exponential(random) * 3)))
    yield { sendAt: at, event: { symbol, at: isoOf(at), price: (price / 100).toFixed(2), size } }
  }
}
