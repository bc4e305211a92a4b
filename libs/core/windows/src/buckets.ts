import { floorTo } from '@tidewater/base'
import { nextUtc, startOfUtc } from './calendar.ts'
import type { CalendarUnit } from './calendar-unit.ts'
import { instantOfLocal, zoneOffset } from './zone.ts'

/** Tumbling windows: every instant is in exactly one, and `end` is the next one's start. */
export interface Buckets {
  /** Start of the window that holds the instant, ms. */
  start(ms: number): number
  /** Exclusive end of the window that starts at `start`, ms. */
  end(start: number): number
}

export type BucketSpec =
  | { readonly kind: 'duration'; readonly ms: number }
  | { readonly kind: 'calendar'; readonly unit: CalendarUnit; readonly zone: string }

const ofDuration = (ms: number): Buckets => ({ start: (at) => floorTo(at, ms), end: (start) => start + ms })

const ofUtc = (unit: CalendarUnit): Buckets => ({
  start: (ms) => startOfUtc(unit, ms),
  end: (start) => nextUtc(unit, start),
})

/** Hours are elapsed hours on the local grid, so the hour that autumn repeats is two windows. */
const ofZoneHour = (zone: string): Buckets => ({
  start: (ms) => {
    const offset = zoneOffset(zone, ms)
    return startOfUtc('hour', ms + offset) - offset
  },
  end: (start) => start + 3_600_000,
})

const ofZone = (unit: CalendarUnit, zone: string): Buckets => ({
  start: (ms) => instantOfLocal(zone, startOfUtc(unit, ms + zoneOffset(zone, ms))),
  end: (start) => {
    const local = startOfUtc(unit, start + zoneOffset(zone, start))
    return instantOfLocal(zone, nextUtc(unit, local))
  },
})

/** Remembers the last window: events come roughly in order, and zones are slow to ask. */
const remembering = (buckets: Buckets): Buckets => {
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
export const bucketsOf = (spec: BucketSpec): Buckets => {
  if (spec.kind === 'duration') return ofDuration(spec.ms)
  if (spec.zone === 'UTC') return remembering(ofUtc(spec.unit))
  return remembering(spec.unit === 'hour' ? ofZoneHour(spec.zone) : ofZone(spec.unit, spec.zone))
}
