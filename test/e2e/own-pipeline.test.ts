import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPlatform, type Platform } from './platform.ts'
import { clickhouseHasAll, clickhouseQuery, notebookQuery } from './retail-sql.ts'

/** One file of somebody who has never seen the repository: an event and two views. */
const definitions = (name: string): string => `
import { count, decimal, event, id, instant, sum, tumbling, view } from 'tidewater'

export const ${name} = event('${name}', {
  doc: 'A ride somebody took.',
  fields: { riderId: id(), city: id(), at: instant(), fare: decimal(9, 2) },
  key: 'riderId',
  time: 'at',
})

export const ${name}Riders = view('${name}Riders', {
  from: ${name},
  by: 'riderId',
  measure: (ride) => ({ rides: count(), paid: sum(ride.fare) }),
})

export const ${name}Cities = view('${name}Cities', {
  from: ${name},
  by: 'city',
  window: tumbling('day'),
  measure: (ride) => ({ rides: count(), paid: sum(ride.fare) }),
})
`

const RIDES = [
  { riderId: 'ada', city: 'Oslo', at: '2026-01-05T23:59:59.999Z', fare: '12.50' },
  { riderId: 'ada', city: 'Oslo', at: '2026-01-06T00:00:00Z', fare: '0.10' },
  { riderId: 'bob', city: 'Oslo', at: '2026-01-05T08:00:00Z', fare: '7.45' },
  { riderId: 'bob', city: 'Rome', at: '2026-01-05T09:00:00Z', fare: '-2.00' },
]
const RIDERS = [
  { rider_id: 'ada', rides: '2', paid: '12.6' },
  { rider_id: 'bob', rides: '2', paid: '5.45' },
]
const CITIES = [
  { day: '2026-01-05', city: 'Oslo', rides: '2', paid: '19.95' },
  { day: '2026-01-05', city: 'Rome', rides: '1', paid: '-2' },
  { day: '2026-01-06', city: 'Oslo', rides: '1', paid: '0.1' },
]

/** Without zeros at the end: engines differ in how they show a decimal, not in its value. */
const plain = (text: string): string => text.replace(/\.?0+$/, '')

type Answers = readonly Readonly<Record<string, string>>[]
type Ask = (sql: string) => Promise<Answers>

const bySql = async (ask: Ask, view: string): Promise<{ riders: Answers; cities: Answers }> => {
  const sums = 'CAST(rides AS VARCHAR) AS n, CAST(paid AS VARCHAR) AS sum'
  const riders = await ask(`SELECT rider_id, ${sums} FROM ${view}_riders ORDER BY rider_id`)
  const cities = await ask(
    `SELECT CAST(window_start AS VARCHAR) AS day, city, ${sums} FROM ${view}_cities ORDER BY window_start, city`,
  )
  const shown = ({ n = '', sum = '' }: Readonly<Record<string, string>>) => ({ rides: n, paid: plain(sum) })
  return {
    riders: riders.map((row) => ({ rider_id: row['rider_id'] ?? '', ...shown(row) })),
    cities: cities.map((row) => ({
      day: (row['day'] ?? '').slice(0, 10),
      city: row['city'] ?? '',
      ...shown(row),
    })),
  }
}

interface Page {
  readonly rows: readonly Readonly<Record<string, string | number>>[]
}

describe('a pipeline written outside the repository', () => {
  let parent: string
  let platform: Platform
  // A bare file; and one in a folder whose package.json says that its files are CommonJS.
  const pipelines = [
    { event: 'BareRide', sql: 'bare_ride', graphql: 'bareRide', directory: 'bare', manifest: null },
    { event: 'NodeRide', sql: 'node_ride', graphql: 'nodeRide', directory: 'node', manifest: 'commonjs' },
  ]

  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'tidewater-own-'))
    const args: string[] = []
    for (const { event, manifest } of pipelines) {
      const directory = await mkdtemp(join(parent, 'pipelines-'))
      await writeFile(join(directory, 'rides.ts'), definitions(event))
      if (manifest !== null)
        await writeFile(join(directory, 'package.json'), JSON.stringify({ name: 'mine', type: manifest }))
      args.push('--pipelines', directory)
    }
    platform = await startPlatform({ args, env: { ARCHIVE_EVERY: '500' } })
    for (const { event } of pipelines) {
      const body = RIDES.map((ride) => JSON.stringify(ride)).join('\n')
      const response = await fetch(`${platform.url}/events/${event}`, { method: 'POST', body })
      expect([response.status, await response.json()]).toMatchObject([202, { accepted: 4, rejected: [] }])
    }
  })

  afterAll(async () => {
    await platform.stop()
    await rm(parent, { recursive: true, force: true })
  })

  describe.each(pipelines)('$event ($directory)', ({ event, sql, graphql }) => {
    it('answers in GraphQL at once', async () => {
      const query = `{
        one: ${graphql}Riders(riderId: "ada") { rides paid }
        list: ${graphql}RidersList(orderBy: [{ riderId: ASC }]) { rows { riderId rides paid } }
        days: ${graphql}Cities(from: "2026-01-01", to: "2026-02-01", every: "1d",
          groupBy: [city], orderBy: [{ start: ASC }, { city: ASC }]) { rows { start city rides paid } }
      }`
      await expect
        .poll(() => platform.graphql<Record<'one' | 'list' | 'days', unknown>>(query), { timeout: 10_000 })
        .toEqual({
          one: { rides: 2, paid: '12.60' },
          list: {
            rows: [
              { riderId: 'ada', rides: 2, paid: '12.60' },
              { riderId: 'bob', rides: 2, paid: '5.45' },
            ],
          } satisfies Page,
          days: {
            rows: [
              { start: '2026-01-05T00:00:00.000Z', city: 'Oslo', rides: 2, paid: '19.95' },
              { start: '2026-01-05T00:00:00.000Z', city: 'Rome', rides: 1, paid: '-2.00' },
              { start: '2026-01-06T00:00:00.000Z', city: 'Oslo', rides: 1, paid: '0.10' },
            ],
          } satisfies Page,
        })
    })

    it('appears in ClickHouse, live', async () => {
      await clickhouseHasAll(platform, `event.${sql}`, `raw_${sql}`)
      const answers = await bySql((text) => clickhouseQuery(platform, text), sql)
      expect(answers).toEqual({ riders: RIDERS, cities: CITIES })
    })

    it('appears in the published DuckDB file after a generation', async () => {
      await platform.cli('generation')
      const answers = await bySql((text) => notebookQuery(platform, text), sql)
      expect(answers).toEqual({ riders: RIDERS, cities: CITIES })
    })

    it('is known to the command line, and loads a file', async () => {
      expect(await platform.cli('views', '--json')).toContain(`${event}Riders`)
      const file = join(parent, `${event}.csv`)
      await writeFile(file, 'Rider ID,city,at,FARE\nada,Oslo,2026-01-07 10:00,1.5\n')
      const loaded: unknown = JSON.parse(await platform.cli('load', file, '--event', event, '--json'))
      expect(loaded).toMatchObject({ read: 1, sent: 1, broken: 0 })
      const one = await platform.graphql(`{ one: ${graphql}Riders(riderId: "ada") { rides paid } }`)
      expect(one).toEqual({ one: { rides: 3, paid: '14.10' } })
    })
  })

  it('reconciles', async () => {
    const report: unknown = JSON.parse(await platform.cli('reconcile', '--json'))
    expect(report).toMatchObject({ mismatched: 0, missing: 0, extra: 0, building: [] })
  })
})
