import { PlatformError } from '@tidewater/base'
import type { WindowDefinition } from 'tidewater'
import { bucketsOf, isZone } from '@tidewater/windows'
import type { Buckets, CalendarUnit } from '@tidewater/windows'

/** How far windows are joined: whole spans, calendar units, or one span for all. */
export type Period =
  | { readonly kind: 'all' }
  | { readonly kind: 'duration'; readonly ms: number }
  | { readonly kind: 'calendar'; readonly unit: CalendarUnit }

const SPANS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const UNITS: Readonly<Record<string, CalendarUnit>> = {
  '1d': 'day',
  '1w': 'week',
  '1mo': 'month',
  '1q': 'quarter',
  '1y': 'year',
}
const DAY = 86_400_000
/** Every zone's offset is a multiple of it, so a grid that divides it is the same in every zone. */
const QUARTER_HOUR = 900_000

const badPeriod = (message: string, cure: string): PlatformError =>
  new PlatformError('BAD_INPUT', message, cure, 'every')

/** '5m', '1h', '1d', '1w', '1mo', '1q', '1y', 'all'. Throws `BAD_INPUT` on anything else. */
export const parsePeriod = (text: string): Period => {
  if (text === 'all') return { kind: 'all' }
  const unit = Object.hasOwn(UNITS, text) ? UNITS[text] : undefined
  if (unit !== undefined) return { kind: 'calendar', unit }
  const match = /^(\d{1,6})([smhd])$/.exec(text)
  const ms = Number(match?.[1] ?? 0) * (SPANS[match?.[2] ?? ''] ?? 0)
  if (ms > 0) return { kind: 'duration', ms }
  throw badPeriod(`'${text.slice(0, 40)}' is no period`, 'write 5m, 1h, 1d, 1w, 1mo, 1q, 1y or all')
}

/** The view's own window as a period: '1m', '1mo'. */
export const periodOf = (window: WindowDefinition): string => {
  if (window.kind === 'calendar') {
    const found = Object.entries(UNITS).find(([, unit]) => unit === window.unit)
    return found === undefined ? '1h' : found[0]
  }
  if (window.ms === DAY) return '1d'
  const [name, ms] = Object.entries(SPANS)
    .reverse()
    .find(([, span]) => window.ms % span === 0) ?? ['s', 1_000]
  return `${window.ms / ms}${name}`
}

/** The windows that `every` joins a view's windows to; null is one for all. Throws `BAD_INPUT` when they do not fit. */
export const rollUpOf = (window: WindowDefinition, period: Period, zone: string): Buckets | null => {
  if (!isZone(zone))
    throw new PlatformError(
      'BAD_INPUT',
      `'${zone.slice(0, 60)}' is no time zone`,
      `write an IANA zone such as 'Europe/Berlin'`,
      'zone',
    )
  if (period.kind === 'all') return null
  return window.kind === 'calendar'
    ? calendarRollUp(window, period, zone)
    : durationRollUp(window.ms, period, zone)
}

const durationRollUp = (
  windowMs: number,
  period: Exclude<Period, { kind: 'all' }>,
  zone: string,
): Buckets => {
  const own = periodOf({ kind: 'duration', ms: windowMs })
  if (period.kind === 'duration') {
    if (period.ms % windowMs !== 0)
      throw badPeriod(
        `'every' must be a multiple of the view's window, ${own}`,
        `write ${own} or a multiple of it`,
      )
    if (zone === 'UTC' || QUARTER_HOUR % period.ms === 0) return bucketsOf(period)
    if (period.ms !== 3_600_000)
      throw badPeriod(
        `periods of that length have no grid of their own in ${zone}`,
        'use UTC, or 15m, 1h, 1d, 1w, 1mo, 1q, 1y',
      )
    return zoned('hour', zone, windowMs)
  }
  if (zone !== 'UTC') return zoned(period.unit, zone, windowMs)
  if (DAY % windowMs !== 0)
    throw badPeriod(`windows of ${own} do not fit into a ${period.unit}`, `write a multiple of ${own}`)
  return bucketsOf({ kind: 'calendar', unit: period.unit, zone })
}

const zoned = (unit: CalendarUnit, zone: string, windowMs: number): Buckets => {
  if (QUARTER_HOUR % windowMs === 0) return bucketsOf({ kind: 'calendar', unit, zone })
  throw new PlatformError(
    'BAD_INPUT',
    `a zone needs windows that divide 15 minutes; this view's are longer`,
    `leave out 'zone', or define the view with shorter windows`,
    'zone',
  )
}

/** Units that are made of whole others. */
const WITHIN: Readonly<Record<CalendarUnit, readonly CalendarUnit[]>> = {
  hour: ['hour', 'day', 'week', 'month', 'quarter', 'year'],
  day: ['day', 'week', 'month', 'quarter', 'year'],
  week: ['week'],
  month: ['month', 'quarter', 'year'],
  quarter: ['quarter', 'year'],
  year: ['year'],
}

const calendarRollUp = (
  window: Extract<WindowDefinition, { kind: 'calendar' }>,
  period: Exclude<Period, { kind: 'all' }>,
  zone: string,
): Buckets => {
  if (zone !== window.zone) {
    throw new PlatformError(
      'BAD_INPUT',
      `this view's windows are ${window.unit}s of ${window.zone}`,
      `write zone: "${window.zone}" or leave it out`,
      'zone',
    )
  }
  const unit = period.kind === 'calendar' ? period.unit : period.ms === 3_600_000 ? 'hour' : null
  if (unit === null || !WITHIN[window.unit].includes(unit)) {
    throw badPeriod(
      `a view of ${window.unit}s cannot be joined to that`,
      `write ${periodOf(window)} or a longer calendar unit, or all`,
    )
  }
  return bucketsOf({ kind: 'calendar', unit, zone })
}
