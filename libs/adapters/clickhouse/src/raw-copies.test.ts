import { must } from '@tidewater/base'
import fc from 'fast-check'
import { event, id, instant, pick, stream, type EventDefinition } from 'tidewater'
import { catalogOf } from 'tidewater/fixture'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lineOf, openRawTables, type Logged, type OpenRawTables } from './raw-tables-fixture.ts'

const HORIZON = 50
const Sale = event('Sale', { fields: { saleId: id(), shop: id(), at: instant() }, key: 'saleId', time: 'at' })
const SaleByShop = stream('SaleByShop', { from: Sale, select: (e) => pick(e, 'shop', 'at'), key: 'shop' })
const { events } = catalogOf([Sale, SaleByShop])
const sale = { ...must(events.get('Sale'), 'the event'), horizonMs: HORIZON }
const saleByShop = must(events.get('SaleByShop'), 'what the stream sends')

let raw: OpenRawTables
beforeAll(async () => {
  raw = await openRawTables()
})
afterAll(() => raw.close())

let logs = 0
/** Which rows are marked as copies when a log is loaded as two entries, the second one from `cut` on. */
const marked = async (
  event: EventDefinition,
  log: readonly Logged[],
  cut: number,
): Promise<readonly number[]> => {
  const name = `Log${logs++}`
  const own = { ...event, name }
  await raw.tables.prepare([own], 'replace')
  const lines = log.map((one, offset) => lineOf(offset, one, { sale_id: one.id, shop: 's', at: 0 }))
  await raw.load(own, lines, 0, cut)
  await raw.load(own, lines, cut)
  const rows = await raw.engine.query<{ dup: number }>(
    `SELECT _dup AS dup FROM tidewater.raw_${name.toLowerCase()} ORDER BY _offset`,
  )
  return rows.map(({ dup }) => dup)
}

const cutOf = (seed: number, log: readonly unknown[]): number => seed % (log.length + 1)

test('_dup is the rule of semantics I2, wherever entries are cut', async () => {
  const one = fc.record({ id: fc.constantFrom('a', 'b', 'c'), wait: fc.nat(40) })
  await fc.assert(
    fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 14 }), fc.nat(), async (steps, seed) => {
      let now = 1000
      const log = steps.map(({ id, wait }): Logged => ({ id, appendedAt: (now += wait) }))
      const expected = log.map(({ id, appendedAt }, i) =>
        log.slice(0, i).some((other) => other.id === id && other.appendedAt >= appendedAt - HORIZON) ? 1 : 0,
      )
      expect(await marked(sale, log, cutOf(seed, log))).toEqual(expected)
    }),
    { numRuns: 25 },
  )
}, 60_000)

test('_dup of what the platform sent is the rule of semantics O1, wherever entries are cut', async () => {
  const one = fc.tuple(fc.nat(1), fc.constantFrom(0, 1, 2, 10))
  await fc.assert(
    fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 14 }), fc.nat(), async (made, seed) => {
      const log = made.map(([partition, offset], n): Logged => ({
        id: `${partition}/${offset}`,
        appendedAt: n,
      }))
      const expected = made.map(([partition, offset], i) =>
        made.slice(0, i).some((other) => other[0] === partition && other[1] >= offset) ? 1 : 0,
      )
      expect(await marked(saleByShop, log, cutOf(seed, log))).toEqual(expected)
    }),
    { numRuns: 25 },
  )
}, 60_000)
