import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clickhouse, duckdb } from '@tidewater/expr'
import { must } from '@tidewater/base'
import {
  endBehind,
  isBelow,
  isBelowSql,
  isBeyondSql,
  isCopy,
  isSentBefore,
  madeOf,
  sentId,
  withoutCopies,
  type SentEnd,
} from '@tidewater/rows'
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

/** Ids with the origin, offset and number they say. A join's sides share a log, and `3` of one is not `3` of the other. */
const PLACES: Readonly<Record<string, readonly [origin: string, offset: number, number: number]>> = {
  '0/0': ['0', 0, 0],
  '0/1': ['0', 1, 0],
  '0/1/2': ['0', 1, 2],
  '0/1/10': ['0', 1, 10],
  '0/2': ['0', 2, 0],
  '0/10': ['0', 10, 0],
  '1/1': ['1', 1, 0],
  '1/999999999999999/999999999': ['1', 999_999_999_999_999, 999_999_999],
  'left/0/1': ['left 0', 1, 0],
  'left/0/1/1': ['left 0', 1, 1],
  'right/0/0': ['right 0', 0, 0],
  'right/0/1': ['right 0', 1, 0],
}
const STRANGE = ['x/1', '1/', '', 'left/1', 'up/0/1', '0/1/2/3', '0/1/', '/0/1', ' 0/1']

/** Of two partitions, sent in order but for what is sent again; some by nobody. */
const sentLogs = fc
  .array(fc.tuple(fc.nat(1), fc.constantFrom(...Object.keys(PLACES), ...STRANGE)), {
    minLength: 1,
    maxLength: 14,
  })
  .map((records) => records.map(([partition, id], n): Sent => ({ partition, id, appendedAt: n })))

/** Without what is made of as late a place as something before it of its origin, in its partition. */
const sentByHand = (log: readonly Sent[]): number[] =>
  log.flatMap(({ partition, id }, at) => {
    const place = PLACES[id]
    if (place === undefined) return [at]
    const [origin, offset, number] = place
    const isAsLate = (other: Sent): boolean => {
      const [from, then, nth] = PLACES[other.id] ?? [null, 0, 0]
      return (
        other.partition === partition &&
        from === origin &&
        (then > offset || (then === offset && nth >= number))
      )
    }
    return log.slice(0, at).some(isAsLate) ? [] : [at]
  })

test('what an id says of the place it is made of is what it was made from', () => {
  for (const [id, [origin, offset, number]] of Object.entries(PLACES)) {
    const from = must(madeOf(id), id)
    expect([from.origin.replace('/', ' '), from.offset, from.number]).toEqual([origin, offset, number])
    expect(sentId(from)).toBe(id)
  }
  expect(STRANGE.map(madeOf)).toEqual(STRANGE.map(() => null))
})

test('the speed layer tells the copies of what the platform sent as it is said by hand', () => {
  fc.assert(
    fc.property(sentLogs, (log) => {
      const ends = new Map<string, SentEnd>()
      const kept = log.flatMap(({ partition, id }, at) => {
        const from = madeOf(id)
        if (from === null) return [at]
        const name = `${partition} ${from.origin}`
        if (isSentBefore(from, ends.get(name))) return []
        ends.set(name, endBehind(from))
        return [at]
      })
      expect(kept).toEqual(sentByHand(log))
    }),
  )
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
