import { afterEach, beforeEach, expect, test } from 'vitest'
import { must } from '@tidewater/base'
import type { OffsetVector, ServedRow, ServedView, ServingReader } from '@tidewater/ports'
import { awaitArchive } from './await-offsets.ts'
import { createTally } from './reconcile-result.ts'
import type { ReconcilePorts } from './batch-ports.ts'
import { reconcile } from './reconcile.ts'
import { exactAnswer, openShops, readerOf, type Shops } from '@tidewater/testing/shops'

let platform: Shops
beforeEach(async () => {
  platform = await openShops()
})
afterEach(async () => {
  await platform.close()
})

const offsetsNow = (): Promise<OffsetVector> => platform.ends()
const portsOf = (serving: ServingReader): ReconcilePorts => ({
  serving,
  archive: platform.ports.presenter,
  covered: (offsets) =>
    awaitArchive(
      platform.ports,
      offsets.map(({ next, ...place }) => ({ ...place, cut: next })),
      10_000,
    ),
})
const run = (serving: ServingReader, partGroups?: number) =>
  platform.during(reconcile(portsOf(serving), [...platform.machines.values()], () => undefined, partGroups))

test('serving that adds every record once agrees with SQL over the archive, in all keys and windows', async () => {
  await platform.produce(150)
  const offsets = await offsetsNow()
  const result = await run(readerOf((view) => exactAnswer(platform, view, offsets)))
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
  expect(await run(readerOf((view) => exactAnswer(platform, view, offsets)))).toMatchObject({
    mismatched: 0,
    missing: 0,
    extra: 0,
  })
})

test('a record served twice, a group lost and a group made up are found, with the first of them', async () => {
  await platform.produce(80)
  const offsets = await offsetsNow()
  const broken = (view: string): ServedView => {
    const served = exactAnswer(platform, view, offsets)
    if (view !== 'ShopTotals') return served
    const [first, , ...rest] = served.rows as [ServedRow, ServedRow, ...ServedRow[]]
    const twice = { ...first, measures: { ...first.measures, sales: Number(first.measures['sales']) + 1 } }
    return { ...served, rows: [twice, ...rest, { ...first, keys: { shop: 'nowhere' } }] }
  }
  const result = await run({ ...readerOf(broken), readKeys: async () => null })
  expect(result).toMatchObject({ mismatched: 1, missing: 1, extra: 1 })
  expect(result.first).toMatchObject({ view: 'ShopTotals', asked: 'list', keys: { shop: 'shop0' }, offsets })
  expect(Number(result.first?.serving?.['sales'])).toBe(Number(result.first?.archive?.['sales']) + 1)
})

test('a group that lists show and a question for its key does not find is missing', async () => {
  await platform.produce(80)
  const offsets = await offsetsNow()
  const reader = readerOf((view) => exactAnswer(platform, view, offsets))
  // shop1 strayed from home and nothing marks it: its home, partition 0, is all that is read.
  const atHome = async (view: string, keys: readonly ServedRow['keys'][]): Promise<ServedView | null> => {
    const answer = await reader.readKeys(view, keys)
    if (answer === null) return null
    const rows = answer.rows.filter(({ keys: own }) => own['shop'] !== 'shop1')
    return { ...answer, rows, offsets: offsets.filter(({ partition }) => partition === 0) }
  }
  const result = await run({ ...reader, readKeys: atHome })
  expect(result).toMatchObject({ mismatched: 0, missing: 1, extra: 0 })
  expect(result.first).toMatchObject({
    view: 'ShopTotals',
    asked: 'key',
    keys: { shop: 'shop1' },
    offsets,
    serving: null,
  })
})

test('no more than a part of a windowed view is held at a time, whatever it has, and nothing of it is left out', async () => {
  await platform.produce(150)
  const offsets = await offsetsNow()
  const whole = exactAnswer(platform, 'SalesByMinute', offsets)
  const reader = readerOf((view) => exactAnswer(platform, view, offsets))
  const held: number[] = []
  const counted = {
    ...reader,
    readList: async (...asked: Parameters<ServingReader['readList']>) => {
      const answer = await reader.readList(...asked)
      if (asked[0] === 'SalesByMinute') held.push(answer.rows.length)
      return answer
    },
  }
  const result = await run(counted, 6)
  expect(result).toMatchObject({ mismatched: 0, missing: 0, extra: 0 })
  expect(held.length).toBeGreaterThan(3)
  expect(Math.max(...held)).toBeLessThanOrEqual(6)
  expect(held.reduce((sum, rows) => sum + rows, 0)).toBe(whole.rows.length)
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
    const tally = createTally()
    const pair = { served: row({ ...base, ...served }), archived: row({ ...base, ...archived }) }
    tally.add(
      must(platform.machines.get('ShopTotals'), 'ShopTotals'),
      { offsets: [], asOf: 0, degraded: [] },
      'list',
      [pair],
    )
    return tally.result().mismatched
  }
  expect(compare({}, {})).toBe(0)
  expect(compare({ revenue: null }, { revenue: 0 })).toBe(1)
  expect(compare({ revenue: 100.00000000001 }, {})).toBe(1)
  expect(compare({ revenue: 2n ** 70n }, { revenue: 2n ** 70n })).toBe(0)
})
