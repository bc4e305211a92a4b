import type { CalendarUnit } from '../node.ts'
import { floorToSql } from '@tidewater/windows'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** UTC's hours, days and weeks are plain arithmetic; null for everything that needs a calendar. */
export function startOfFixed(unit: CalendarUnit, zone: string, instant: string): string | null {
  if (zone !== 'UTC') return null
  if (unit === 'hour') return floorToSql(instant, HOUR)
  if (unit === 'day') return floorToSql(instant, DAY)
  // Day 0 was a Thursday; weeks start on Monday, day −3.
  if (unit === 'week') return `(${floorToSql(`(${instant} + ${3 * DAY})`, 7 * DAY)} - ${3 * DAY})`
  return null
}
