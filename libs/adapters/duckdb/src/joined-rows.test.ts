import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { duckdb } from '@tidewater/expr'
import { comparePositions, passingRows, positionOf, regroup } from '@tidewater/merge'
import type { JoinedRows, PresentedRow, StateGroup } from '@tidewater/merge'
import { compileView, encodeKey, slotsSql } from '@tidewater/plan'
import type { SlotRow } from '@tidewater/plan'
import type { BatchReader } from '@tidewater/ports'
import { bucketsOf } from '@tidewater/windows'
import fc from 'fast-check'
import {
  count,
  decimal,
  distinct,
  event,
  id,
  instant,
  int,
  latest,
  max,
  mean,
  minutes,
  slotsTableOf,
  SQL_INTERNAL,
  sum,
  tumbling,
  view,
} from 'tidewater'
import type { ViewDefinition } from 'tidewater'
import { catalogOf } from 'tidewater/fixture'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { must } from '@tidewater/base'
import { openDuckdbBatchReader } from './batch-reader.ts'
import { openDuckdb } from './open-duckdb.ts'
import { viewSqlsOf } from './warehouse/open-duckdb-warehouse.ts'

const Sale = event('Sale', {
  fields: { shop: id(), size: int(), at: instant(), price: decimal(10, 2).optional() },
  key: 'shop',
  time: 'at',
})
const ByMinute = view('ByMinute', {
  from: Sale,
  by: ['shop', 'size'],
  window: tumbling(minutes(1)),
  measure: (e) => ({
    sales: count(),
    revenue: sum(e.price),
    highest: max(e.price),
    last: latest(e.price),
    prices: distinct(e.price, { atMost: 3 }),
    mean: mean(e.price),
  }),
})
const catalog = catalogOf([Sale, ByMinute])
const machine = compileView(catalog.views.get('ByMinute') as ViewDefinition, catalog)
const SHOPS = ['a', 'ab', 'ä', '😀', '\uffee', `o'"\\`, '\ufeffa', 'nul\0', '']
const MINUTE = 60_000

let directory = ''
let reader: BatchReader
let groups: StateGroup[] = []

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'joined-'))
  const engine = await openDuckdb({ path: join(directory, 'tidewater-g1-x.duckdb'), connections: 1 })
  const shops = SHOPS.map(duckdb.text).join(', ')
  // 400 sales of two hours around 1970, on three partitions, from a hash of their number.
  await engine.execute(
    `CREATE TABLE sale AS SELECT i % 3 AS _partition, i AS _offset,
      list_extract([${shops}], CAST(1 + hash(i) % ${SHOPS.length} AS BIGINT)) AS shop,
      CAST(hash(i + 1000) % 3 AS BIGINT) AS size,
      make_timestamp_ms(CAST(hash(i + 2000) % 7200 AS BIGINT) * 1000 - 3600000) AS "at",
      CASE WHEN i % 7 > 0 THEN CAST(CAST(hash(i + 3000) % 500 AS BIGINT) / 100 AS DECIMAL(10, 2)) END AS price
    FROM range(400) AS t(i)`,
  )
  await engine.execute(`CREATE SCHEMA ${SQL_INTERNAL}`)
  const plan = must(viewSqlsOf(catalog)[0], 'the view')
  const table = `${SQL_INTERNAL}.${slotsTableOf('ByMinute')}`
  await engine.execute(
    `CREATE TABLE ${table} AS SELECT * FROM (${slotsSql(plan, duckdb, { source: 'sale' })}) ORDER BY _bucket`,
  )
  await engine.close()
  reader = openDuckdbBatchReader({
    directory,
    lake: { entries: () => Promise.resolve([]), path: (file) => file },
    catalog,
    threads: 1,
  })
  const all = { generation: 'g1-x', view: 'ByMinute', from: -1e13, to: 1e13 }
  groups = groupsOf(await taken(reader.slots(all)))
}, 60_000)
afterAll(async () => {
  await reader.close()
  await rm(directory, { recursive: true, force: true })
})

const taken = async (chunks: AsyncIterable<readonly SlotRow[]>): Promise<SlotRow[]> => {
  const rows: SlotRow[] = []
  for await (const chunk of chunks) rows.push(...chunk)
  return rows
}
const groupsOf = (rows: readonly SlotRow[]): StateGroup[] =>
  rows.map((row) => ({
    bucket: row.bucket,
    key: encodeKey(row.keys, machine.layout.stateKeys),
    state: machine.fromSlots([row]),
  }))

const price = fc.integer({ min: 0, max: 500 })
const keyTest = fc.oneof(
  fc.record({ column: fc.constant('shop'), test: fc.record({ eq: fc.constantFrom(...SHOPS) }) }),
  fc.record({ column: fc.constant('shop'), test: fc.record({ in: fc.subarray(SHOPS) }) }),
  fc.record({
    column: fc.constant('shop'),
    test: fc.record({ startsWith: fc.constantFrom('', 'a', 'ä', 'nul\0') }),
  }),
  fc.record({ column: fc.constant('size'), test: fc.record({ gt: fc.constantFrom(0, 1, 10n ** 30n) }) }),
)
const measureTest = fc.oneof(
  fc.record({ column: fc.constant('revenue'), test: fc.record({ gte: price, lt: fc.constant(900) }) }),
  fc.record({ column: fc.constant('last'), test: fc.record({ isNull: fc.boolean() }) }),
)
const term = fc.record({
  column: fc.constantFrom('start', 'shop', 'size', 'sales', 'revenue', 'highest', 'last', 'prices'),
  direction: fc.constantFrom('ASC' as const, 'DESC' as const),
})
const question = fc.record({
  from: fc.constantFrom(-1e13, -30 * MINUTE),
  every: fc.constantFrom(1, 7, 60, 'all' as const),
  where: fc.array(keyTest, { maxLength: 2 }),
  groupBy: fc.option(fc.subarray(['shop', 'size']), { nil: null }),
  having: fc.array(measureTest, { maxLength: 1 }),
  order: fc.array(term, { maxLength: 2 }),
  starts: fc.option(
    fc.record({
      kind: fc.constantFrom('only' as const, 'without' as const),
      ms: fc.subarray([0, 7, 14, -7].map((n) => n * MINUTE)),
    }),
    { nil: null },
  ),
  limit: fc.integer({ min: 1, max: 9 }),
  afterRow: fc.option(fc.nat(20), { nil: null }),
})

const shown = ({ start, keys, measures }: PresentedRow): object => ({ start, ...keys, ...measures })

test('joined in SQL, rows are what they are joined here: their states, their order, their number', async () => {
  await fc.assert(
    fc.asyncProperty(question, async (asked) => {
      const { from, every, where, groupBy, having, order, starts, limit } = asked
      const windows = every === 'all' ? every : bucketsOf({ kind: 'duration', ms: every * MINUTE })
      const range = { from: null, to: 1e13 }
      const how = { where, groupBy, windows, range }
      const query = { asOf: 0, having, order }
      const isTaken = ({ bucket }: StateGroup): boolean => {
        if (bucket < from) return false
        if (starts === null) return true
        const start = windows === 'all' ? 0 : windows.start(bucket)
        return starts.ms.includes(start) === (starts.kind === 'only')
      }
      const here = passingRows(machine, regroup(machine, groups.filter(isTaken), how), query)
      const place = (row: PresentedRow) => positionOf(row, order)
      here.sort((a, b) => comparePositions(order, place(a), place(b)))

      const spec = windows === 'all' ? windows : windows.spec
      const rows: JoinedRows = { from, to: 1e13, windows: spec, where, groupBy, starts, top: null }
      const there = async (over: Partial<JoinedRows>): Promise<PresentedRow[]> => {
        const { joined } = reader
        const found = await taken(
          must(joined, 'joined').rows({ generation: 'g1-x', view: 'ByMinute', rows: { ...rows, ...over } }),
        )
        return passingRows(machine, regroup(machine, groupsOf(found), how), query).sort((a, b) =>
          comparePositions(order, place(a), place(b)),
        )
      }
      expect((await there({})).map(shown)).toEqual(here.map(shown))
      if (windows === 'all') return
      const last = asked.afterRow === null ? undefined : here[asked.afterRow]
      const after = last === undefined ? null : place(last)
      const top = { ...query, after, limit: limit + SHOPS.length * 3 }
      const behind = (row: PresentedRow): boolean =>
        after === null || comparePositions(order, place(row), after) > 0
      const first = (await there({ top })).filter(behind).slice(0, limit)
      expect(first.map(shown)).toEqual(here.filter(behind).slice(0, limit).map(shown))
      const count = await reader.joined?.count({
        generation: 'g1-x',
        view: 'ByMinute',
        rows: { ...rows, top },
      })
      expect(count).toBe(here.length)
    }),
    { numRuns: 150 },
  )
}, 120_000)
