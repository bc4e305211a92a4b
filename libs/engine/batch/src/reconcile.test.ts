import { afterEach, beforeEach, expect, test } from 'vitest'
import { openArchivePresenter, type ArchivePresenter } from '@tidewater/adapter-duckdb'
import type { OffsetVector, ServedRow, ServedView, ServingReader } from '@tidewater/ports'
import { awaitArchive } from './await-offsets.ts'
import { compareView, reconcile, type ReconcilePorts } from './reconcile.ts'
import { machines, openPlatform, servedTruth, TOPIC, type Platform } from './test-platform.ts'

let platform: Platform
let archive: ArchivePresenter
beforeEach(async () => {
  platform = await openPlatform()
  archive = await openArchivePresenter(platform.lake, platform.options.catalog, { threads: 1 })
})
afterEach(async () => {
  await archive.close()
  await platform.close()
})

const offsetsNow = async (): Promise<OffsetVector> =>
  (await platform.log.bounds(TOPIC)).map(({ partition, high }) => ({ topic: TOPIC, partition, next: high }))
const portsOf = (serving: ServingReader): ReconcilePorts => ({
  serving,
  archive,
  covered: (offsets) =>
    awaitArchive(
      platform.ports(),
      offsets.map(({ next, ...place }) => ({ ...place, cut: next })),
      10_000,
    ),
})
const machine = (name: string) => machines.get(name) as NonNullable<ReturnType<typeof machines.get>>
const run = (serving: ServingReader) => reconcile(portsOf(serving), [...machines.values()], () => undefined)

test('serving that adds every record once agrees with SQL over the archive, in all keys and windows', async () => {
  await platform.produce(150)
  const offsets = await offsetsNow()
  const result = await run({ readAll: async (view) => servedTruth(platform, view, offsets) })
  expect(result).toEqual({
    checked: result.checked,
    mismatched: 0,
    missing: 0,
    extra: 0,
    first: null,
    building: [],
  })
  expect(result.checked).toBeGreaterThan(15)
})

test('also at offsets in the middle of the log', async () => {
  await platform.produce(80)
  const offsets = (await offsetsNow()).map((offset) => ({
    ...offset,
    next: offset.next - 11 - offset.partition,
  }))
  expect(await run({ readAll: async (view) => servedTruth(platform, view, offsets) })).toMatchObject({
    mismatched: 0,
    missing: 0,
    extra: 0,
  })
})

test('a record served twice, a group lost and a group made up are found, with the first of them', async () => {
  await platform.produce(80)
  const offsets = await offsetsNow()
  const broken = async (view: string): Promise<ServedView> => {
    const served = servedTruth(platform, view, offsets)
    if (view !== 'ShopTotals') return served
    const [first, , ...rest] = served.rows as [ServedRow, ServedRow, ...ServedRow[]]
    const twice = { ...first, measures: { ...first.measures, sales: Number(first.measures['sales']) + 1 } }
    return { ...served, rows: [twice, ...rest, { ...first, keys: { shop: 'nowhere' } }] }
  }
  const result = await run({ readAll: broken })
  expect(result).toMatchObject({ mismatched: 1, missing: 1, extra: 1 })
  expect(result.first).toMatchObject({ view: 'ShopTotals', keys: { shop: 'shop0' }, offsets })
  expect(Number(result.first?.serving?.['sales'])).toBe(Number(result.first?.archive?.['sales']) + 1)
})

test('null is not zero; a double may differ in its last digits only where the measure is one', () => {
  const row = (measures: ServedRow['measures']): ServedRow => ({
    keys: { shop: 'a' },
    start: null,
    end: null,
    measures,
  })
  const base = { sales: 1, revenue: 100, lately: 0, lastKind: 'cash' }
  const compare = (served: object, archived: object): number => {
    const view = { rows: [row({ ...base, ...served })], offsets: [], asOf: 0, degraded: [] }
    return compareView(machine('ShopTotals'), view, [row({ ...base, ...archived })]).mismatched
  }
  expect(compare({}, {})).toBe(0)
  expect(compare({ revenue: null }, { revenue: 0 })).toBe(1)
  expect(compare({ revenue: 100.00000000001 }, {})).toBe(1)
  expect(compare({ revenue: 2n ** 70n }, { revenue: 2n ** 70n })).toBe(0)
})
