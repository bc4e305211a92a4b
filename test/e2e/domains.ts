import type { Cells, Query } from './domains-raw.ts'
import type { Platform } from './platform.ts'

/** One table of figures that is asked for in three ways, its columns always in the same order, the key first. */
export interface Figures {
  readonly what: string
  /** A list of GraphQL with its arguments, and the fields of its rows. */
  readonly list: string
  readonly fields: readonly string[]
  /** SELECTs over the published DuckDB file and over the raw files. */
  readonly published: string
  readonly raw: string
  /** How far each field may be off, as a part of its value; 0 unless said, doubles 1e-9. */
  readonly off?: Readonly<Record<string, number>>
}

const DOUBLE = 1e-9
/** Four standard errors of an approximate count. */
const ABOUT = 4 * 0.016
/** The error that is stated of a weight that fades. */
const WEIGHT = 0.000003

const ALL = 'every: "all", first: 10000'

export const FIGURES: readonly Figures[] = [
  {
    what: 'load, errors and paths of every address',
    list: 'addressTotalsList(first: 10000)',
    fields: ['ip', 'requests', 'errors', 'errorRate', 'paths'],
    published: 'SELECT ip, requests, errors, error_rate, paths FROM address_totals',
    raw: `SELECT ip, count(*), count(*) FILTER (status >= 400), avg(CAST(status >= 400 AS INT)), count(DISTINCT path)
      FROM requests GROUP BY ip`,
    off: { errorRate: DOUBLE, paths: ABOUT },
  },
  {
    what: 'answers by status',
    list: `statusByHour(from: "2015-05-17", to: "2015-05-21", groupBy: [status], ${ALL})`,
    fields: ['status', 'requests', 'bytes'],
    published: 'SELECT status, sum(requests), sum(bytes) FROM status_by_hour GROUP BY status',
    raw: 'SELECT status, count(*), sum(bytes) FROM requests GROUP BY status',
  },
  {
    what: 'five minutes of every sensor: means, extremes and deviation',
    list: 'readingsBy5Minutes(from: "2020-03-09T12:00:00Z", to: "2020-03-09T12:05:00Z", first: 10000)',
    fields: ['sensorId', 'readings', 'value', 'least', 'greatest', 'spread', 'temperature'],
    published: `SELECT sensor_id, readings, value, least, greatest, spread, temperature FROM readings_by5_minutes
      WHERE window_start = TIMESTAMP '2020-03-09 12:00:00'`,
    raw: `SELECT id, count(*), avg(value), min(value), max(value), stddev_pop(value), avg(temperature) FROM readings
      WHERE happened >= TIMESTAMP '2020-03-09 12:00:00' AND happened < TIMESTAMP '2020-03-09 12:05:00' GROUP BY id`,
    off: { value: DOUBLE, spread: DOUBLE, temperature: DOUBLE },
  },
  {
    what: 'when every device was last heard of',
    list: 'deviceHealthList(first: 10000, asOf: "stream")',
    fields: ['sensorId', 'readings', 'lastSeen'],
    published: 'SELECT sensor_id, readings, epoch_ms(last_seen) FROM device_health',
    raw: 'SELECT id, count(*), epoch_ms(max(happened)) FROM readings GROUP BY id',
  },
  {
    what: 'the pages that trend, and their heat',
    list: 'trendingPageList(first: 200, asOf: "stream")',
    fields: ['page', 'heat', 'edits', 'added', 'editors', 'lastEdit'],
    published: `SELECT page, heat, edits, added, editors, epoch_ms(last_edit) FROM trending_page
      ORDER BY heat DESC, edits DESC, added DESC LIMIT 50`,
    raw: `SELECT page, sum(pow(2, -epoch(TIMESTAMP '2015-09-12 15:59:58.267' - happened) / 3600)), count(*), sum(added),
      count(DISTINCT "user"), epoch_ms(max(happened)) FROM edits WHERE NOT isRobot GROUP BY page ORDER BY 2 DESC LIMIT 50`,
    off: { heat: 10 * WEIGHT, editors: ABOUT },
  },
  {
    what: 'edits and characters of every channel',
    list: `editsByChannel(from: "2015-09-12", to: "2015-09-13", ${ALL})`,
    fields: ['channel', 'edits', 'added', 'deleted'],
    published: 'SELECT channel, sum(edits), sum(added), sum(deleted) FROM edits_by_channel GROUP BY channel',
    raw: 'SELECT channel, count(*), sum(added), sum(deleted) FROM edits GROUP BY channel',
  },
  {
    what: 'volatility, range and volume of every symbol on a day',
    list: 'volatilityByDay(from: "2010-12-08", to: "2010-12-09", first: 10000)',
    fields: ['symbol', 'volatility', 'range', 'volume', 'trades'],
    published: `SELECT symbol, volatility, CAST("range" AS DOUBLE), CAST(volume AS DOUBLE), trades FROM volatility_by_day
      WHERE window_start = TIMESTAMP '2010-12-08'`,
    raw: `SELECT symbol, stddev_pop(price), CAST(max(price) - min(price) AS DOUBLE), sum(size), count(*) FROM sales
      WHERE CAST(happened AS DATE) = DATE '2010-12-08' GROUP BY symbol`,
    off: { volatility: DOUBLE },
  },
  {
    what: 'extremes and mean price of every bar of an hour',
    list: 'barByMinute(from: "2010-12-08T12:00:00Z", to: "2010-12-08T13:00:00Z", every: "1h", first: 10000)',
    fields: ['symbol', 'high', 'low', 'volume', 'vwap', 'trades'],
    published: `SELECT symbol, CAST(max(high) AS DOUBLE), CAST(min(low) AS DOUBLE), CAST(sum(volume) AS DOUBLE), sum(vwap * CAST(volume AS DOUBLE)) / CAST(sum(volume) AS DOUBLE), sum(trades) FROM bar_by_minute
      WHERE date_trunc('hour', window_start) = TIMESTAMP '2010-12-08 12:00:00' GROUP BY symbol`,
    raw: `SELECT symbol, CAST(max(price) AS DOUBLE), CAST(min(price) AS DOUBLE), sum(size), CAST(sum(price * size) AS DOUBLE) / sum(size), count(*) FROM sales
      WHERE date_trunc('hour', happened) = TIMESTAMP '2010-12-08 12:00:00' GROUP BY symbol`,
    off: { vwap: DOUBLE },
  },
]

type Row = readonly (string | number | null)[]

/** Numbers as numbers, decimals and instants of GraphQL too; the key as text. */
const rowOf = (cells: readonly unknown[]): Row =>
  cells.map((cell, i) => {
    if (cell === null || cell === undefined) return null
    if (i === 0) return String(cell)
    const instant = typeof cell === 'string' && /^\d{4}-.*Z$/.test(cell)
    return instant ? Date.parse(cell) : Number(cell)
  })

export const bySql = async (query: Query, sql: string): Promise<readonly Row[]> =>
  (await query(sql)).map((row: Cells) => rowOf(Object.values(row)))

export const byGraphql = async (platform: Platform, { list, fields }: Figures): Promise<readonly Row[]> => {
  type Answer = { readonly list: { readonly rows: readonly Readonly<Record<string, unknown>>[] } }
  const answer = await platform.graphql<Answer>(`{ list: ${list} { rows { ${fields.join(' ')} } } }`)
  return answer.list.rows.map((row) => rowOf(fields.map((field) => row[field])))
}

/** Cells of `found` that are not as `wanted`, key by key, as sentences; rows beyond the wanted ones are not looked at. */
export const differences = (
  { fields, off }: Figures,
  found: readonly Row[],
  wanted: readonly Row[],
): readonly string[] => {
  const rows = new Map(found.map((row) => [row[0], row]))
  const wrong = wanted.flatMap((row) =>
    row.flatMap((cell, i) => {
      const other = rows.get(row[0] ?? null)?.[i] ?? null
      const field = fields[i] ?? ''
      return isNear(cell, other, off?.[field] ?? 0) ? [] : [`${row[0]}.${field} is ${other}, not ${cell}`]
    }),
  )
  return wrong.slice(0, 5)
}

/** An approximate count of few is off by one at most, a double near 0 by its last digits. */
const isNear = (cell: Row[number], other: Row[number], off: number): boolean => {
  if (typeof cell !== 'number' || typeof other !== 'number' || off === 0) return cell === other
  return Math.abs(cell - other) <= Math.max(Math.abs(cell) * off, off === ABOUT ? 1 : 1e-7)
}
