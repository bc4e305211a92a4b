import { floorDiv, floorTo } from '@tidewater/base'

/** Units of calendar windows and of `startOf`; weeks start on Monday (ISO). */
export type CalendarUnit = 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** 1970-01-05 was a Monday. */
const MONDAY = 4 * DAY
const MONTHS: Readonly<Record<'month' | 'quarter' | 'year', number>> = { month: 1, quarter: 3, year: 12 }

const startOfMonths = (ms: number, size: number): number => {
  const date = new Date(ms)
  const months = floorDiv(date.getUTCFullYear() * 12 + date.getUTCMonth(), size) * size
  return monthStart(months)
}

/** Months since year 0 → ms; setUTCFullYear because Date.UTC reads years below 100 as 19xx. */
const monthStart = (months: number): number => {
  const date = new Date(0)
  date.setUTCFullYear(floorDiv(months, 12), months - floorDiv(months, 12) * 12, 1)
  return date.getTime()
}

/** Start of the UTC calendar unit that holds `ms`. */
export const startOfUtc = (unit: CalendarUnit, ms: number): number => {
  switch (unit) {
    case 'hour':
      return floorTo(ms, HOUR)
    case 'day':
      return floorTo(ms, DAY)
    case 'week':
      return floorTo(ms - MONDAY, 7 * DAY) + MONDAY
    case 'month':
    case 'quarter':
    case 'year':
      return startOfMonths(ms, MONTHS[unit])
  }
}

/** Start of the UTC unit after the one that starts at `start`. */
export const nextUtc = (unit: CalendarUnit, start: number): number => {
  switch (unit) {
    case 'hour':
      return start + HOUR
    case 'day':
      return start + DAY
    case 'week':
      return start + 7 * DAY
    case 'month':
    case 'quarter':
    case 'year': {
      const date = new Date(start)
      return monthStart(date.getUTCFullYear() * 12 + date.getUTCMonth() + MONTHS[unit])
    }
  }
}
