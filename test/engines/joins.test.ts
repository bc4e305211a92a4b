// A join as SQL that a person would write over the raw rows: in order of the log, by windows and a join of the table with itself.
import { openDuckdb } from '@tidewater/adapter-duckdb'
import { must } from '@tidewater/base'
import { compileOperator } from '@tidewater/plan'
import fc from 'fast-check'
import { definitionOf, event, id, instant, int, join, matched, seconds, text } from 'tidewater'
import { catalogOf } from 'tidewater/fixture'
import { afterAll, beforeAll, expect, test } from 'vitest'

let duckdb: Awaited<ReturnType<typeof openDuckdb>>
beforeAll(async () => {
  duckdb = await openDuckdb({ path: ':memory:', threads: 1 })
})
afterAll(() => duckdb.close())

const fields = { user: id(), ad: text().optional(), at: instant(), n: int() }
const Impression = event('Impression', { fields, key: 'user', time: 'at', lateness: seconds(4) })
const Click = event('Click', { fields, key: 'user', time: 'at', lateness: seconds(3) })
const Joined = join('Joined', {
  ...{ left: Impression, right: Click, on: ['user', 'ad'], keep: 'left', match: 'each' },
  within: { before: seconds(1), after: seconds(5) },
  select: (shown, click) => ({ user: shown.user, at: shown.at, l: shown.n, r: click.n, m: matched(click) }),
})
const First = join('First', {
  ...{ left: Impression, right: Click, on: ['user', 'ad'], keep: 'left', match: 'first' },
  within: { before: seconds(1), after: seconds(5) },
  select: (shown, click) => ({ user: shown.user, at: shown.at, l: shown.n, r: click.n, m: matched(click) }),
})

interface Came {
  readonly side: 'left' | 'right'
  readonly user: string
  readonly ad: string | null
  /** Seconds. */
  readonly at: number
}

const textOf = (value: string | null): string => (value === null ? 'NULL' : `'${value}'`)

/** `l-r` and `l-`, sorted. Late is what is older than the newest before it, by more than the side's patience. */
const sql = (came: readonly Came[], isFirst: boolean): string => `
WITH raw(n, side, usr, ad, ts) AS (VALUES ${came
  .map(({ side, user, ad, at }, n) => `(${n}, '${side}', '${user}', ${textOf(ad)}, ${at})`)
  .join(', ')}),
judged AS (
  SELECT *, coalesce(
    max(ts) OVER (PARTITION BY side ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    - CASE side WHEN 'left' THEN 4 ELSE 3 END > ts, false) AS late
  FROM raw),
rows_in AS (SELECT * FROM judged WHERE NOT late),
pairs AS (
  SELECT l.n AS l, r.n AS r, row_number() OVER (PARTITION BY l.n ORDER BY r.n) AS place
  FROM rows_in l JOIN rows_in r ON l.side = 'left' AND r.side = 'right' AND l.usr = r.usr AND l.ad = r.ad
    AND r.ts BETWEEN l.ts - 1 AND l.ts + 5),
alone AS (
  SELECT l.n FROM rows_in l
  WHERE l.side = 'left' AND NOT EXISTS (SELECT 1 FROM pairs WHERE pairs.l = l.n)
    AND l.ts + 5 < (SELECT max(ts) - 3 FROM raw WHERE side = 'right'))
SELECT l || '-' || r AS row FROM pairs ${isFirst ? 'WHERE place = 1' : ''}
UNION ALL SELECT n || '-' FROM alone ORDER BY row`

const compiled = new Map(
  [Joined, First].map((made) => {
    const found = definitionOf(made)
    if (found?.kind !== 'join') throw new Error('no join')
    return [made, compileOperator(found, catalogOf([Impression, Click, made]))] as const
  }),
)

const made = (came: readonly Came[], by: typeof Joined): readonly string[] => {
  const state = must(compiled.get(by), 'the join').open()
  const rows = came.flatMap(({ side, user, ad, at }, n) => {
    const own = { [`${side}_user`]: user, [`${side}_at`]: at * 1_000, [`${side}_n`]: n }
    const row = { ...own, side, key: user, on_ad: ad, at: at * 1_000, origins: 1 }
    return state.step(row, { partition: 0, offset: n, appendedAt: 1_000_000, origin: 0 })
  })
  return rows
    .map(({ json }) => {
      const { l, r } = JSON.parse(json) as { l: number; r?: number }
      return `${l}-${r ?? ''}`
    })
    .sort()
}

const logs = fc
  .array(
    fc.record({
      side: fc.constantFrom('left', 'right'),
      user: fc.constantFrom('u', 'v'),
      ad: fc.constantFrom('a', '', null),
      ahead: fc.integer({ min: -7, max: 3 }),
    }),
    { minLength: 1, maxLength: 50, size: 'max' },
  )
  .map((rows) => rows.map(({ ahead, ...row }, n): Came => ({ ...row, at: n + ahead })))

test('a join is the join of the table with itself, at the end and at every cut', async () => {
  await fc.assert(
    fc.asyncProperty(logs, fc.nat(49), async (log, cut) => {
      for (const part of [log, log.slice(0, 1 + (cut % log.length))])
        for (const by of [Joined, First]) {
          const rows = await duckdb.query(sql(part, by === First))
          expect(made(part, by)).toEqual(rows.map(({ row }) => row).sort())
        }
    }),
    { numRuns: 60 },
  )
}, 120_000)

test('a cut between the rows of a pair has neither the pair nor the left row alone', async () => {
  const pair: readonly Came[] = [
    { side: 'left', user: 'u', ad: 'a', at: 10 },
    { side: 'right', user: 'u', ad: 'a', at: 12 },
  ]
  for (const [end, rows] of [
    [0, []],
    [1, []],
    [2, ['0-1']],
  ] as const) {
    expect(made(pair.slice(0, end), Joined)).toEqual(rows)
    if (end > 0)
      expect((await duckdb.query(sql(pair.slice(0, end), false))).map(({ row }) => row)).toEqual(rows)
  }
})
