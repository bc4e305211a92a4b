import type { GenerationRecord } from '@tidewater/ports'
import { GENESIS, markStrayed, protocol, type Header } from '@tidewater/seam'
import { openSales, TOPIC } from '@tidewater/testing/sales'
import { expect, test } from 'vitest'
import { heldViews } from './held-views.ts'
import { nothingMoved, takeCut } from './take-cut.ts'

const place = { topic: TOPIC, partition: 0 }
const headerOf = (change: Partial<Header>): Header => ({
  ...protocol.seedHeader(GENESIS, place, { end: 0, partitions: 1, strayed: false }, 'n'),
  ...change,
})
const newest: GenerationRecord = {
  ...{ number: 2, id: 'g2-x', builtAt: 0, duckdbFile: null, clickhouse: false, files: [] },
  ...{ cuts: [{ ...place, cut: 10 }], fingerprints: { ByShop: 'f1' } },
}

test('a generation is not built again only while no record and no definition is new', () => {
  const isStill = (header: Partial<Header>, fingerprints: Readonly<Record<string, string>>): boolean =>
    nothingMoved([place], [headerOf({ floor: 2, ...header })], newest, fingerprints)
  expect(isStill({ nextOffset: 10 }, { ByShop: 'f1' })).toBe(true)
  expect(isStill({ nextOffset: 11 }, { ByShop: 'f1' })).toBe(false)
  expect(isStill({ nextOffset: 10, floor: 3 }, { ByShop: 'f1' })).toBe(false)
  expect(isStill({ nextOffset: 10 }, { ByShop: 'f2' })).toBe(false)
  expect(isStill({ nextOffset: 10 }, {})).toBe(false)
  expect(isStill({ nextOffset: 10 }, { ByShop: 'f1', ByMinute: 'f3' })).toBe(false)
})

test('a cut holds a view only where it was maintained without a break from the cut on', async () => {
  const { machines } = await openSales(1)
  const fingerprint = machines.get('ByShop')?.fingerprint ?? ''
  const held = (since: number): readonly string[] =>
    Object.keys(
      heldViews(machines, [place], [headerOf({ nextOffset: 99, since: { [fingerprint]: since } })], {
        number: 3,
        cuts: [{ ...place, cut: 10 }],
      }),
    )
  expect([held(10), held(11)]).toEqual([['ByShop'], []])
})

test('a cut says where keys have strayed, or may have', async () => {
  const p = await openSales(2)
  const worker = await p.startSpeed({ name: 'w1' })
  await p.settle()
  const places = [0, 1].map((partition) => ({ topic: TOPIC, partition }))
  const strayed = async (): Promise<readonly (boolean | undefined)[]> => {
    const result = await takeCut(p, places, null)
    return result.kind === 'cut' ? result.cut.cuts.map((cut) => cut.strayed) : []
  }
  expect(await strayed()).toEqual([false, false])
  await markStrayed(p.store, { topic: TOPIC, partition: 1 }, p.nonce)
  expect(await strayed()).toEqual([false, true])
  await p.stop(worker)
})
