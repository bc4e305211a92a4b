import { floorToSql, zoneSpans, type CalendarUnit } from '@tidewater/windows'
import type { SqlDialect } from './dialect.ts'

const HOUR = 3_600_000

/**
 * Start of the calendar window that holds an instant: `bucketsOf` of `windows` as SQL. The zone's clock is printed as
 * numbers, so that every engine shows the clock that JavaScript shows.
 */
export const startOfSql = (
  dialect: SqlDialect,
  unit: CalendarUnit,
  zone: string,
  instant: string,
): string => {
  if (zone === 'UTC') return dialect.startOfUtc(unit, instant)
  return dialect.bind(dialect.known(instant), (at) => {
    if (unit !== 'hour')
      return firstInstant(
        dialect,
        zone,
        dialect.bind(shownAt(dialect, zone, at), (shown) => dialect.startOfUtc(unit, shown)),
      )
    const { from, offset } = clockOf(zone)
    return dialect.bind(dialect.steps(at, from, offset), (shift) => {
      const start = `(${floorToSql(`(${at} + ${shift})`, HOUR)} - ${shift})`
      return `greatest(${dialect.steps(at, from, from)}, ${start})`
    })
  })
}

/** Start of the window after the one that starts at `start`. */
export const nextStartSql = (
  dialect: SqlDialect,
  unit: CalendarUnit,
  zone: string,
  start: string,
): string => {
  if (zone === 'UTC') return dialect.nextUtc(unit, start)
  return dialect.bind(dialect.known(start), (at) => {
    if (unit !== 'hour') {
      const first = dialect.bind(shownAt(dialect, zone, at), (shown) => dialect.startOfUtc(unit, shown))
      return firstInstant(dialect, zone, dialect.nextUtc(unit, first))
    }
    const { from, offset, until } = clockOf(zone)
    return dialect.bind(dialect.steps(at, from, offset), (shift) => {
      const next = `(${floorToSql(`(${at} + ${shift})`, HOUR)} + ${HOUR} - ${shift})`
      return `least(${dialect.steps(at, from, until)}, ${next})`
    })
  })
}

/** What the calendar clock shows at an instant (`calendarClock`). */
const shownAt = (dialect: SqlDialect, zone: string, at: string): string => {
  const { from, offset, end } = clockOf(zone)
  return `greatest(${dialect.steps(at, from, end)} - 1, ${at} + ${dialect.steps(at, from, offset)})`
}

/** The first instant at which it shows a local time (`instantOfLocal`). */
const firstInstant = (dialect: SqlDialect, zone: string, local: string): string => {
  const { end, from, offset } = clockOf(zone)
  return dialect.bind(
    local,
    (shown) =>
      // A span serves the local times that no span before it has shown.
      `greatest(${dialect.steps(shown, end, from)}, ${shown} - ${dialect.steps(shown, end, offset)})`,
  )
}

/** Before and behind every instant and local time, and far from the end of 64 bits. */
const [BEFORE, BEHIND] = [-9e15, 9e15]

/** `zoneSpans` by column; `end`: one past the peak, `until`: the next span's `from`. */
const clockOf = (zone: string): Readonly<Record<'from' | 'offset' | 'end' | 'until', readonly number[]>> => {
  const spans = zoneSpans(zone)
  const from = spans.map((span) => Math.max(span.from, BEFORE))
  return {
    from,
    offset: spans.map((span) => span.offset),
    end: spans.map(({ peak }) => Math.max(peak + 1, BEFORE)),
    until: [...from.slice(1), BEHIND],
  }
}
