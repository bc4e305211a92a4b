import type { Row } from '../../data/graphql.ts'
import type { Series } from '../../parts/chart-data.ts'

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 }
/** Beyond it a course is drawn with the windows it has: calendars are not even anyway. */
const MOST_WINDOWS = 3_000

/** Rows of windows as one line; a window without events is nought, not left out. */
export const courseOf = (
  rows: readonly Row[],
  measure: string,
  every: string,
): { readonly times: readonly number[]; readonly series: readonly Series[] } => {
  const byStart = new Map(rows.map((row) => [Date.parse(String(row['start'])), row[measure]]))
  const times = filled(
    [...byStart.keys()].sort((a, b) => a - b),
    every,
  )
  const values = times.map((at) => {
    if (!byStart.has(at)) return 0
    const value = byStart.get(at)
    return value === null || value === undefined ? null : Number(value)
  })
  return { times, series: [{ name: measure, tone: 'merged', values }] }
}

const filled = (starts: readonly number[], every: string): readonly number[] => {
  const [, number = '', unit = ''] = /^(\d+)([smh])$/.exec(every) ?? []
  const step = Number(number) * (UNITS[unit] ?? 0)
  const [first, last] = [starts[0], starts.at(-1)]
  if (step === 0 || first === undefined || last === undefined || (last - first) / step > MOST_WINDOWS)
    return starts
  return Array.from({ length: Math.round((last - first) / step) + 1 }, (_, index) => first + index * step)
}
