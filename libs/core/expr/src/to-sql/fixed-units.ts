import type { CalendarUnit } from '../node.ts'
import { floorToSql } from '@tidewater/windows'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Hours, days and weeks are plain arithmetic; null for what needs a calendar. */
export function startOfFixed(unit: CalendarUnit, instant: string): string | null {
  if (unit === 'hour') return floorToSql(instant, HOUR)
  if (unit === 'day') return floorToSql(instant, DAY)
  // Day 0 was a Thursday; weeks start on Monday, day −3.
  if (unit === 'week') return `(${floorToSql(`(${instant} + ${3 * DAY})`, 7 * DAY)} - ${3 * DAY})`
  return null
}

/** The start of the next one after a start; null for what needs a calendar. */
export function nextFixed(unit: CalendarUnit, start: string): string | null {
  const days = { hour: 1 / 24, day: 1, week: 7 }[unit as string]
  return days === undefined ? null : `(${start} + ${days * DAY})`
}
