import { floorTo } from '@tidewater/base'

const DAY = 86_400_000
/** Clock changes are known for these years; what a zone decides beyond them nobody knows, and its clock then stands as it is. */
const FIRST_MS = Date.UTC(1900, 0, 1)
const LAST_MS = Date.UTC(2101, 0, 1)
/** No clock of a zone went back to where it was within so few days. */
const STEP_MS = 3 * DAY

/** A stretch of time in which a zone's clock runs evenly. */
export interface ZoneSpan {
  /** Its first instant, ms; −∞ for the first span. */
  readonly from: number
  /** Local time minus UTC, ms. */
  readonly offset: number
  /** The latest local time that was ever shown before it, ms as if UTC; −∞ for the first span. */
  readonly peak: number
}

/**
 * The clock of an IANA zone as its spans, in order: the one source of what a zone's clock shows. JavaScript reads them, and
 * both engines' SQL is printed from them, so none asks the time zone tables of its own version. Throws RangeError on an
 * unknown zone.
 */
export const zoneSpans = (zone: string): readonly ZoneSpan[] => {
  const known = spansByZone.get(zone)
  if (known !== undefined) return known
  const spans = findSpans(offsetReader(zone))
  spansByZone.set(zone, spans)
  return spans
}

const spansByZone = new Map<string, readonly ZoneSpan[]>()

const findSpans = (offsetAt: (ms: number) => number): readonly ZoneSpan[] => {
  const spans: ZoneSpan[] = [{ from: -Infinity, offset: offsetAt(FIRST_MS), peak: -Infinity }]
  let last = spans[0] as ZoneSpan
  for (let at = FIRST_MS; at < LAST_MS; at += STEP_MS)
    while (offsetAt(at + STEP_MS) !== last.offset) {
      const from = firstOther(offsetAt, Math.max(at, last.from), at + STEP_MS, last.offset)
      last = { from, offset: offsetAt(from), peak: Math.max(last.peak, from - 1 + last.offset) }
      spans.push(last)
    }
  return spans
}

/** The first whole second in (low, high] whose offset is not `offset`, where the one at `low` is. */
const firstOther = (offsetAt: (ms: number) => number, low: number, high: number, offset: number): number => {
  let [same, other] = [low, high]
  while (other - same > 1000) {
    const middle = same + floorTo((other - same) / 2, 1000)
    if (offsetAt(middle) === offset) same = middle
    else other = middle
  }
  return other
}

/** 'GMT+05:45', 'GMT-00:25:21', 'GMT' at the end of a text. */
const OFFSET = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/

const offsetReader = (zone: string): ((ms: number) => number) => {
  const format = formatOf(zone)
  return (ms) => {
    const text = format.format(ms)
    const [, sign, hours, minutes, seconds] = OFFSET.exec(text) ?? []
    if (!text.includes('GMT')) throw new Error(`no offset in '${text}'`)
    const size = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60 + Number(seconds ?? 0)
    return (sign === '-' ? -size : size) * 1000 + 0
  }
}

const formatOf = (zone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })

/** True when this runtime knows the IANA zone, e.g. 'Europe/Berlin'. */
export const isZone = (zone: string): boolean => {
  try {
    formatOf(zone)
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** The span an instant is in, and the one behind it; null behind the last. */
export const spanAt = (zone: string, ms: number): { span: ZoneSpan; next: ZoneSpan | null } => {
  const spans = zoneSpans(zone)
  const n = lastIndex(spans, (span) => span.from <= ms)
  return { span: spans[n] as ZoneSpan, next: spans[n + 1] ?? null }
}

/** Index of the last span that fulfils what all before it fulfil too; the first one always does. */
const lastIndex = (spans: readonly ZoneSpan[], fulfils: (span: ZoneSpan) => boolean): number => {
  let [low, high] = [0, spans.length]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (fulfils(spans[middle] as ZoneSpan)) low = middle
    else high = middle
  }
  return low
}

/**
 * The zone's calendar clock, ms as if UTC: what the clock shows, and where it is turned back, the latest it has shown. So
 * it never falls, and a day that has begun does not stop to begin again when midnight comes twice.
 */
export const calendarClock = (zone: string, ms: number): number => {
  const { span } = spanAt(zone, ms)
  return Math.max(span.peak, ms + span.offset)
}

/**
 * The first instant at which the calendar clock shows `local` (ms as if UTC) or more. A local time that a clock change
 * skips stands for the moment of the change; one that comes twice for its first time.
 */
export const instantOfLocal = (zone: string, local: number): number => {
  const spans = zoneSpans(zone)
  const span = spans[lastIndex(spans, ({ peak }) => peak < local)] as ZoneSpan
  return Math.max(span.from, local - span.offset)
}
