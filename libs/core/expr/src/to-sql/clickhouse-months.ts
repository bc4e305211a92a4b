import { floorDivSql, type SqlDialect } from './dialect.ts'

const DAY = 86_400_000
/** Days from 1 March of the year 0 to 1970; in years that begin in March the day that is sometimes missing is the last one. */
const DAYS_BEFORE_1970 = 719_468
const DAYS_IN_400_YEARS = 146_097

/**
 * Start of the calendar months that hold an instant, `size` of them together (3: a quarter, 12: a year), `later` such units on;
 * ms, UTC. In integers, because the engine's own calendar ends at the years 1900 and 2299, where it answers a bound in silence.
 */
export const startOfMonthsSql = (
  dialect: SqlDialect,
  instant: string,
  size: number,
  later: number,
): string => {
  const divide = (x: string, by: number): string => dialect.integerDivide(x, String(by))
  const days = `(${floorDivSql(dialect, instant, DAY)} + ${DAYS_BEFORE_1970})`
  return dialect.bind(days, (day) => {
    const dayOfEra = `(${day} % ${DAYS_IN_400_YEARS})`
    const leapless = `(${dayOfEra} - ${divide(dayOfEra, 1460)} + ${divide(dayOfEra, 36_524)} - ${divide(dayOfEra, 146_096)})`
    return dialect.bind(divide(leapless, 365), (year) => {
      const dayOfYear = `(${dayOfEra} - 365 * ${year} - ${divide(year, 4)} + ${divide(year, 100)})`
      const month = divide(`(5 * ${dayOfYear} + 2)`, 153)
      // Months since January of the year 0.
      const months = `((${divide(day, DAYS_IN_400_YEARS)} * 400 + ${year}) * 12 + ${month} + 2)`
      return dialect.bind(`((${divide(months, size)} + ${later}) * ${size} - 2)`, (fromMarch) =>
        firstDay(divide, fromMarch),
      )
    })
  })
}

/** ms of the first day of a month, counted from March of the year 0. */
const firstDay = (divide: (x: string, by: number) => string, months: string): string => {
  const year = divide(months, 12)
  const leapDays = `${divide(months, 48)} - ${divide(months, 1200)} + ${divide(months, 4800)}`
  const dayOfYear = divide(`(153 * (${months} % 12) + 2)`, 5)
  return `((365 * ${year} + ${leapDays} + ${dayOfYear} - ${DAYS_BEFORE_1970}) * ${DAY})`
}
