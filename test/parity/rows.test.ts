import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clickhouse, duckdb } from '@tidewater/expr'
import { must } from '@tidewater/base'
import { isBelow, isBelowSql, isBeyondSql, isCopy, withoutCopies } from '@tidewater/rows'
import { event, id, instant, pick, stream } from 'tidewater'
import { catalogOf } from 'tidewater/fixture'
import { startEngines } from './engines.ts'

const BY_ID = { horizonMs: 50, madeBy: null }
let engines: Awaited<ReturnType<typeof startEngines>>
beforeAll(async () => {
  engines = await startEngines()
})
afterAll(() => engines.stop())

interface Sent {
  readonly partition: number
  readonly id: string
  readonly appendedAt: number
}

/** Offsets that the stream keeps: it knows of each id when it was last appended. */
const keptByHand = (log: readonly Sent[]): number[] => {
  const last = new Map<string, number>()
  return log.flatMap(({ partition, id, appendedAt }, offset) => {
    const key = `${partition} ${id}`
    const copy = isCopy(BY_ID, appendedAt, last.get(key) ?? -1)
    last.set(key, appendedAt)
    return copy ? [] : [offset]
  })
}

const both = async (statement: (raw: string, dialect: typeof duckdb) => string, log: readonly Sent[]) => {
  const row = (at: (ms: number) => string) =>
    log
      .map(
        ({ partition, id, appendedAt }, offset) =>
          `SELECT ${partition} AS _partition, ${offset} AS _offset, '${id}' AS _id, ${at(appendedAt)} AS _appended_at`,
      )
      .join(' UNION ALL ')
  const offsets = async (rows: Promise<readonly { readonly _offset?: unknown }[]>): Promise<number[]> =>
    (await rows).map(({ _offset }) => Number(_offset)).sort((a, b) => a - b)
  return [
    await offsets(engines.duckdb.query(statement(`(${row((ms) => `make_timestamp_ms(${ms})`)})`, duckdb))),
    await offsets(
      engines.clickhouse.query(
        statement(`(${row((ms) => `fromUnixTimestamp64Milli(toInt64(${ms}), 'UTC')`)})`, clickhouse),
      ),
    ),
  ]
}

const logs = fc
  .array(fc.tuple(fc.nat(2), fc.constantFrom('a', 'b', ''), fc.nat(40)), { minLength: 1, maxLength: 14 })
  .map((steps) => {
    let now = 0
    return steps.map(([partition, id, wait]): Sent => ({ partition, id, appendedAt: (now += wait) }))
  })

test('a copy is refused by the same rule in the stream, DuckDB and ClickHouse', async () => {
  await fc.assert(
    fc.asyncProperty(logs, async (log) => {
      const kept = await both((raw, dialect) => withoutCopies(BY_ID, dialect, raw), log)
      expect(kept).toEqual([keptByHand(log), keptByHand(log)])
    }),
    { numRuns: 40 },
  )
}, 120_000)

const Sale = event('Sale', { fields: { saleId: id(), shop: id(), at: instant() }, key: 'saleId', time: 'at' })
const SaleByShop = stream('SaleByShop', { from: Sale, select: (e) => pick(e, 'shop', 'at'), key: 'shop' })
const BY_PLACE = must(catalogOf([Sale, SaleByShop]).events.get('SaleByShop'), 'what the stream sends')

/** Of two partitions, sent in order but for what is sent again; some by nobody. */
const sentLogs = fc
  .array(fc.tuple(fc.nat(1), fc.constantFrom('0/0', '0/1', '0/2', '0/10', '1/1', '1/9', 'x/1', '1/', '')), {
    minLength: 1,
    maxLength: 14,
  })
  .map((records) => records.map(([partition, id], n): Sent => ({ partition, id, appendedAt: n })))

/** Without what is made of as late an offset as something before it in its partition. */
const sentByHand = (log: readonly Sent[]): number[] =>
  log.flatMap(({ partition, id }, at) => {
    const [from, offset] = id.split('/')
    const isBefore = (other: Sent): boolean =>
      other.partition === partition &&
      /^\d+\/\d+$/.test(other.id) &&
      other.id.split('/')[0] === from &&
      Number(other.id.split('/')[1]) >= Number(offset)
    return /^\d+\/\d+$/.test(id) && log.slice(0, at).some(isBefore) ? [] : [at]
  })

test('a copy of what the platform sent is refused by the same rule by hand, in DuckDB and in ClickHouse', async () => {
  await fc.assert(
    fc.asyncProperty(sentLogs, async (log) => {
      const kept = await both((raw, dialect) => withoutCopies(BY_PLACE, dialect, raw), log)
      expect(kept).toEqual([sentByHand(log), sentByHand(log)])
    }),
    { numRuns: 60 },
  )
}, 120_000)

test('each record is below the ends or beyond them, the same by hand and in SQL; a partition not named has none below', async () => {
  const ends = fc.uniqueArray(fc.tuple(fc.nat(2), fc.nat(14)), { selector: ([partition]) => partition })
  await fc.assert(
    fc.asyncProperty(logs, ends, async (log, pairs) => {
      const vector = new Map(pairs)
      const offsets = (wanted: boolean): number[] =>
        log.flatMap(({ partition }, offset) =>
          isBelow(vector, partition, offset) === wanted ? [offset] : [],
        )
      const where = (condition: string) => (raw: string) =>
        `SELECT _offset FROM ${raw} AS r WHERE ${condition}`
      expect(await both(where(isBelowSql(vector)), log)).toEqual([offsets(true), offsets(true)])
      expect(await both(where(isBeyondSql(vector)), log)).toEqual([offsets(false), offsets(false)])
    }),
    { numRuns: 30 },
  )
}, 120_000)
