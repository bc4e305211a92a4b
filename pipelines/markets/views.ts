import {
  change,
  count,
  deviation,
  earliest,
  ema,
  hours,
  latest,
  max,
  mean,
  min,
  minutes,
  ratioOf,
  sum,
  tumbling,
  view,
} from 'tidewater'
import type { RowOf } from 'tidewater'
import { Tick } from './events.ts'

/** Deviations from the mean of the hour from which a price breaks out. */
const BREAKOUT = 2

const bar = (tick: RowOf<typeof Tick>) => ({
  open: earliest(tick.price),
  high: max(tick.price),
  low: min(tick.price),
  close: latest(tick.price),
  volume: sum(tick.size),
  vwap: ratioOf(sum(tick.price.times(tick.size)), sum(tick.size)),
  trades: count(),
})

export const BarByMinute = view('BarByMinute', {
  doc: 'Open, high, low, close and volume of each minute; longer bars are asked for with every.',
  from: Tick,
  by: 'symbol',
  window: tumbling(minutes(1)),
  measure: bar,
})

export const VolatilityByDay = view('VolatilityByDay', {
  doc: 'How much a price moved within each day.',
  from: Tick,
  by: 'symbol',
  window: tumbling('day'),
  measure: (t) => ({
    volatility: deviation(t.price),
    range: max(t.price).minus(min(t.price)),
    volume: sum(t.size),
    trades: count(),
  }),
})

export const Quote = view('Quote', {
  doc: 'The price of each symbol beside its moving averages, and what that signals.',
  from: Tick,
  by: 'symbol',
  measure: (t) => {
    const price = latest(t.price)
    const fast = mean(t.price).last(minutes(5))
    const slow = mean(t.price).last(hours(1))
    const volatility = deviation(t.price).last(hours(1))
    return {
      price,
      fast,
      slow,
      smooth: ema(t.price, { halfLife: minutes(10) }).round(6),
      volatility,
      change: change(t.price).last(hours(1)),
      rising: fast.above(slow),
      breakout: price.minus(slow).abs().above(volatility.times(BREAKOUT)),
    }
  },
})
