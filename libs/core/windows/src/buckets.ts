import { floorTo } from '@tidewater/base'
import { nextUtc, startOfUtc, type CalendarUnit } from './calendar.ts'
import { calendarClock, instantOfLocal, spanAt } from './zone.ts'

/** Tumbling windows: every instant is in exactly one, and `end` is the next one's start. */
export interface Buckets {
  readonly spec: BucketSpec
  /** Start of the window that holds the instant, ms. */
  start(ms: number): number
  /** Exclusive end of the window that starts at `start`, ms. */
  end(start: number): number
}

export type BucketSpec =
  | { readonly kind: 'duration'; readonly ms: number }
  | { readonly kind: 'calendar'; readonly unit: CalendarUnit; readonly zone: string }

type Grid = Pick<Buckets, 'start' | 'end'>

const ofDuration = (ms: number): Grid => ({ start: (at) => floorTo(at, ms), end: (start) => start + ms })

const ofUtc = (unit: CalendarUnit): Grid => ({
  start: (ms) => startOfUtc(unit, ms),
  end: (start) => nextUtc(unit, start),
})

const HOUR = 3_600_000

/**
 * Hours are elapsed hours on the local grid, so the hour that autumn repeats is two windows. Where a change shifts the grid
 * itself, as by half an hour, a window ends at the change and the next begins there.
 */
const ofZoneHour = (zone: string): Grid => ({
  start: (ms) => {
    const { span } = spanAt(zone, ms)
    return Math.max(span.from, floorTo(ms + span.offset, HOUR) - span.offset)
  },
  end: (start) => {
    const { span, next } = spanAt(zone, start)
    return Math.min(next?.from ?? Infinity, floorTo(start + span.offset, HOUR) + HOUR - span.offset)
  },
})

/** From the first instant of one local day (week, month…) to the first of the next, however often the clock shows midnight. */
const ofZone = (unit: CalendarUnit, zone: string): Grid => ({
  start: (ms) => instantOfLocal(zone, startOfUtc(unit, calendarClock(zone, ms))),
  end: (start) => instantOfLocal(zone, nextUtc(unit, startOfUtc(unit, calendarClock(zone, start)))),
})

/** Remembers the last window: events come roughly in order. */
const remembering = (buckets: Grid): Grid => {
  let from = 0
  let to = 0
  return {
    start: (ms) => {
      if (ms >= from && ms < to) return from
      from = buckets.start(ms)
      to = buckets.end(from)
      return from
    },
    end: (start) => buckets.end(start),
  }
}

/** The windows of a `tumbling(…)`. */
export const bucketsOf = (spec: BucketSpec): Buckets => ({ spec, ...gridOf(spec) })

const gridOf = (spec: BucketSpec): Grid => {
  if (spec.kind === 'duration') return ofDuration(spec.ms)
  if (spec.zone === 'UTC') return remembering(ofUtc(spec.unit))
  return remembering(spec.unit === 'hour' ? ofZoneHour(spec.zone) : ofZone(spec.unit, spec.zone))
}
