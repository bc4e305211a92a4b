/** ClickHouse's DateTime64 holds the years 1900 to 2299; no engine may know an instant that another does not. */
export const EARLIEST_MS = Date.UTC(1900, 0, 1)
export const LATEST_MS = Date.UTC(2300, 0, 1) - 1

const DATE = /(\d{4})-(\d\d)-(\d\d)/
const TIME = /(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?/
const ZONE = /Z|z|UTC|[+-]\d\d(?::?\d\d)?/
const ISO = new RegExp(`^${DATE.source}(?:[T ]${TIME.source})?(?: ?(${ZONE.source}))?$`)

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

export const daysInMonth = (year: number, month: number): number =>
  month === 2 && isLeap(year) ? 29 : (MONTH_DAYS[month - 1] ?? 0)

/**
 * ISO 8601 text as ms since epoch, or null. Without a zone it is UTC; a date alone is its midnight. Digits beyond the
 * millisecond are cut off, as an instant is a whole millisecond.
 */
export const parseInstant = (text: string): number | null => {
  const match = ISO.exec(text)
  if (match === null) return null
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((digits) => Number(digits ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const millis = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3))
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null
  if (hour > 23 || minute > 59 || second > 59) return null
  const offset = zoneMinutes(match[8])
  if (offset === null) return null
  return Date.UTC(year, month - 1, day, hour, minute, second, millis) - offset * 60_000 + centuryShift(year)
}

/** Date.UTC reads the years 0 to 99 as 1900 to 1999. All of them are out of range, and must stay so. */
const centuryShift = (year: number): number => (year < 100 ? -1e15 : 0)

const zoneMinutes = (zone: string | undefined): number | null => {
  if (zone === undefined || /^(z|utc)$/i.test(zone)) return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(3).replace(':', '') || 0)
  if (hours > 18 || minutes > 59) return null
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}
