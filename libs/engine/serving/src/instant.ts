import { PlatformError } from '@tidewater/base'
import { startOfUtc } from '@tidewater/windows'
import type { CalendarUnit } from '@tidewater/windows'

/** A moment as an argument says it: fixed, relative to the answer's now, or the log's newest event. */
export type InstantArgument =
  | { readonly kind: 'at'; readonly ms: number }
  | { readonly kind: 'now'; readonly backMs: number; readonly floor: CalendarUnit | 'minute' | null }
  | { readonly kind: 'stream' }

const SPANS: Readonly<Record<string, number>> = { s: 1e3, m: 6e4, h: 3.6e6, d: 8.64e7, w: 6.048e8 }
const FLOORS: Readonly<Record<string, CalendarUnit | 'minute'>> = {
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  mo: 'month',
  q: 'quarter',
  y: 'year',
}
const RELATIVE = /^now(?:([+-])(\d{1,6})([smhdw]))?(?:\/(m|h|d|w|mo|q|y))?$/
const ISO = /^\d{4}-\d{2}(-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?)?(Z|[+-]\d{2}:?\d{2})?$/

/** '2026-11-21T10:00:00Z', '2026-11-21', 'now', 'now-30d', 'now-30d/d', 'stream'. Without zone: UTC. Throws `BAD_INPUT`. */
export const parseInstant = (text: string): InstantArgument => {
  if (text === 'stream') return { kind: 'stream' }
  const relative = RELATIVE.exec(text)
  if (relative !== null) {
    const [, sign, count = '0', unit = 's', floor] = relative
    const span = Number(count) * (SPANS[unit] ?? 0)
    return {
      kind: 'now',
      backMs: sign === '+' ? -span : span,
      floor: floor === undefined ? null : (FLOORS[floor] ?? null),
    }
  }
  const ms = ISO.test(text) ? parseIso(text) : NaN
  if (!Number.isNaN(ms)) return { kind: 'at', ms }
  throw new PlatformError(
    'BAD_INPUT',
    `'${text.slice(0, 40)}' is no instant`,
    `write ISO 8601 in UTC ("2026-11-21T10:00:00Z"), "now", "now-30d/d" or "stream"`,
  )
}

const parseIso = (text: string): number => {
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/.test(text) && text.includes(':')
  const spaced = text.replace(' ', 'T')
  return Date.parse(zoned ? spaced : text.includes(':') ? `${spaced}Z` : spaced.replace(/Z$/, ''))
}

/** ms; `stream` is asked only for the log's newest event time. */
export const instantMs = (argument: Exclude<InstantArgument, { kind: 'stream' }>, now: number): number => {
  if (argument.kind === 'at') return argument.ms
  const ms = now - argument.backMs
  if (argument.floor === null) return ms
  return argument.floor === 'minute' ? Math.floor(ms / 60_000) * 60_000 : startOfUtc(argument.floor, ms)
}
