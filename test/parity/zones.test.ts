import { afterAll, beforeAll, expect, test } from 'vitest'
import { clickhouse, duckdb, nextStartSql, startOfSql } from '@tidewater/expr'
import type { SqlDialect } from '@tidewater/expr'
import type { SqlEngine } from '@tidewater/ports'
import { bucketsOf, zoneSpans, type CalendarUnit } from '@tidewater/windows'
import { startEngines } from './engines.ts'

/** Clocks that go back over midnight, shift by half an hour or two hours, skip a day, or change in the month of fasting. */
const ZONES = [
  ...['UTC', 'Europe/Berlin', 'Europe/Dublin', 'Atlantic/Azores', 'America/Scoresbysund', 'America/Godthab'],
  ...['America/Havana', 'America/St_Johns', 'America/Sao_Paulo', 'America/Asuncion', 'America/Caracas'],
  ...['America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia', 'Pacific/Chatham', 'Pacific/Kwajalein'],
  ...['Africa/Casablanca', 'Africa/Cairo', 'Africa/Juba', 'Africa/Monrovia', 'Antarctica/Troll'],
  ...[
    'Asia/Beirut',
    'Asia/Gaza',
    'Asia/Amman',
    'Asia/Tehran',
    'Asia/Kathmandu',
    'Asia/Pyongyang',
    'Asia/Manila',
  ],
]
const UNITS: readonly CalendarUnit[] = ['hour', 'day', 'week', 'month', 'quarter', 'year']
const HOUR = 3_600_000

let engines: Awaited<ReturnType<typeof startEngines>>
beforeAll(async () => {
  engines = await startEngines()
})
afterAll(() => engines.stop())

/** Around every change of the clock, around New Year, and evenly from 1900 to 2100. */
const instantsOf = (zone: string): readonly number[] => {
  const changes = zoneSpans(zone)
    .slice(1)
    .map(({ from }) => from)
  const around = changes.flatMap((at) =>
    [-24, -1.5, -1, -0.5, 0, 0.25, 0.5, 1, 1.5, 2, 24].flatMap((hours) => [
      at + hours * HOUR - 1,
      at + hours * HOUR,
    ]),
  )
  const even = Array.from(
    { length: 1700 },
    (_, n) => Date.UTC(1900, 0, 1) + n * 43 * 24 * HOUR + n * 7_654_321,
  )
  const years = Array.from({ length: 201 }, (_, n) => Date.UTC(1900 + n, 0, 1) - 1)
  return [...around, ...even, ...years].filter((at) => at < Date.UTC(2101, 0, 1))
}

type Window = readonly [at: number, start: number, end: number]

const asked = async (
  engine: SqlEngine,
  dialect: SqlDialect,
  unit: CalendarUnit,
  zone: string,
): Promise<Window[]> => {
  const rows = await engine.query(
    `SELECT ms, start, ${nextStartSql(dialect, unit, zone, 'start')} AS "end"
    FROM (SELECT ms, ${startOfSql(dialect, unit, zone, 'ms')} AS start FROM instants) AS s ORDER BY ms`,
  )
  return rows.map((row) => [Number(row['ms']), Number(row['start']), Number(row['end'])])
}

test.each(ZONES)(
  'windows of %s are the same in JavaScript, DuckDB and ClickHouse, 1900 to 2100',
  async (zone) => {
    const instants = [...new Set(instantsOf(zone))].sort((a, b) => a - b)
    const values = instants.map((at) => `(${at})`).join(', ')
    await engines.duckdb.execute(
      `CREATE OR REPLACE TABLE instants AS SELECT ms::BIGINT AS ms FROM (VALUES ${values}) v(ms)`,
    )
    await engines.clickhouse.execute(
      `CREATE OR REPLACE TABLE instants ENGINE = Memory AS SELECT ms FROM values('ms Int64', ${values})`,
    )
    for (const unit of UNITS) {
      const buckets = bucketsOf({ kind: 'calendar', unit, zone })
      const expected = instants.map((at): Window => {
        const start = buckets.start(at)
        return [at, start, buckets.end(start)]
      })
      // A window holds its instant, and the next one begins where it ends.
      const wrong = expected.filter(
        ([at, start, end]) => at < start || at >= end || buckets.start(end) !== end,
      )
      expect(wrong).toEqual([])
      expect(await asked(engines.duckdb, duckdb, unit, zone)).toEqual(expected)
      expect(await asked(engines.clickhouse, clickhouse, unit, zone)).toEqual(expected)
    }
  },
  120_000,
)
