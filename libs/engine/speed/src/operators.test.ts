import { PlatformError } from '@tidewater/base'
import { markMissing, markStrayed, readHeaders } from '@tidewater/seam'
import { expect, test } from 'vitest'
import {
  keptBy,
  logged,
  openTrios,
  SALES,
  settled,
  soldFrom,
  TRIOS,
  trios,
  triosOf,
} from '@tidewater/testing/trios'

const NOTHING = { partitions: new Map(), pointer: null }

test('every row that an operator makes counts once, whoever crashes and whatever is lost', async () => {
  const p = await openTrios({ partitions: 3 })
  const first = await p.work('w1')
  await p.produce('Sale', ...soldFrom(0, 100), ...soldFrom(90, 100))
  await settled(p)
  const earlier = p.store.snapshot()
  await p.produce('Sale', ...soldFrom(100, 200))
  await settled(p)
  p.store.restore(earlier)
  const second = await p.work('w2')
  await p.produce('Sale', ...soldFrom(200, 300))
  await p.leave(first)
  await settled(p)
  p.store.restore(NOTHING)
  await p.produce('Sale', ...soldFrom(300, 400))
  await p.leave(second)
  await p.work('w3')
  await settled(p)
  const truth = triosOf(await logged(p))
  expect((await p.stored('ByBuyer')).speed).toEqual(truth)
  const sent = (await p.log.bounds(TRIOS)).reduce((sum, { high }) => sum + high, 0)
  // some of it twice, or the test would show nothing
  expect(sent).toBeGreaterThan(Object.values(truth).reduce((sum, { trios }) => sum + trios, 0))
  await p.close()
})

test('a worker that dies between the sending and the commit changes nothing', async () => {
  const p = await openTrios({ partitions: 2 })
  const { append } = p.log
  let failing = 4
  p.log.append = async (topic, records) => {
    const offsets = await append(topic, records)
    if (topic === TRIOS && failing-- > 0) throw new PlatformError('UNAVAILABLE', 'no answer came', 'wait')
    return offsets
  }
  const worker = await p.work('w1')
  await p.produce('Sale', ...soldFrom(0, 60))
  await settled(p)
  expect(failing).toBeLessThan(0)
  expect(worker.status().counters.commits_unknown).toBeGreaterThanOrEqual(2)
  expect((await p.stored('ByBuyer')).speed).toEqual(triosOf(await logged(p)))
  await p.close()
})

test('a header that others move between the sending and the commit lets no record through an operator twice', async () => {
  const p = await openTrios({ partitions: 2 })
  const { append } = p.log
  let moved = 0
  p.log.append = async (topic, records) => {
    const offsets = await append(topic, records)
    // as a cut does: what the worker has in memory stays valid
    if (topic === TRIOS && moved++ < 4)
      for (const partition of [0, 1]) {
        await markMissing(p.store, { topic: SALES, partition }, p.nonce)
        await markStrayed(p.store, { topic: SALES, partition }, p.nonce)
      }
    return offsets
  }
  const worker = await p.work('w1')
  await p.produce('Sale', ...soldFrom(0, 60))
  await settled(p)
  expect(moved).toBeGreaterThan(1)
  expect(worker.status().counters.commits_reloaded).toBeGreaterThan(0)
  expect((await p.stored('ByBuyer')).speed).toEqual(triosOf(await logged(p)))
  await p.close()
})

test('generations that are built and retired meanwhile leave the state of operators as it is', async () => {
  const p = await openTrios({ partitions: 2 })
  await p.work('w1')
  for (let round = 0; round < 4; round++) {
    await p.produce('Sale', ...soldFrom(32 * round, 32 * (round + 1)))
    if (round % 2 === 0) await settled(p)
    await p.generate()
  }
  await p.produce('Sale', ...soldFrom(128, 140))
  await settled(p)
  const answer = await p.ask<{ byBuyerList: { rows: readonly Record<string, unknown>[] } }>(
    '{ byBuyerList(orderBy: [{ buyer: ASC }]) { rows { buyer trios units } } }',
  )
  const truth = Object.entries(triosOf(await logged(p))).map(([name, row]) => ({
    buyer: name.slice(0, -2),
    ...row,
  }))
  expect(answer.byBuyerList.rows).toEqual(truth.sort((a, b) => (a.buyer < b.buyer ? -1 : 1)))
  expect(p.said.warn).toEqual([])
  await p.close()
})

test('an operator that is new runs over what the log holds, and so does one that is another by now', async () => {
  const p = await openTrios({ partitions: 2 })
  const none = await p.work('w1', { operators: [] })
  await p.produce('Sale', ...soldFrom(0, 60), ...soldFrom(20, 30))
  await p.during(p.until(() => none.status().counters.events_applied === 60))
  await p.leave(none)
  await p.produce('Sale', ...soldFrom(60, 80))
  const worker = await p.work('w2')
  await settled(p)
  expect((await p.stored('ByBuyer')).speed).toEqual(triosOf(await logged(p)))
  const byShop = (await p.stored('ByShop')).speed as Record<string, { sales: number }>
  expect(Object.values(byShop).reduce((total, { sales }) => total + sales, 0)).toBe(80)
  await p.leave(worker)
  const again = await p.work('w3')
  await p.produce('Sale', ...soldFrom(80, 90))
  await settled(p)
  // the sales, and what they completed
  expect(again.status().counters.events_read).toBe(10 + again.status().counters.records_sent)
  expect((await p.stored('ByBuyer')).speed).toEqual(triosOf(await logged(p)))
  await p.leave(again)
  await p.work('w4', { operators: [trios(5)] })
  await settled(p)
  const headers = await readHeaders(
    p.store,
    (await p.ends()).filter(({ topic }) => topic === SALES),
  )
  expect(headers.map((header) => header?.carried)).toEqual([null, null])
  const kept = (await keptBy(p, trios(5))).flat()
  expect(kept.length).toBeGreaterThan(0)
  expect(await keptBy(p, trios())).toEqual([[], []])
  await p.close()
})

test('what an operator is done with is deleted, and what one left that is no more goes when the partition is taken', async () => {
  const p = await openTrios({ partitions: 1 })
  const worker = await p.work('w1')
  // five shops, three sales each, and the first of two of them once more
  await p.produce('Sale', ...soldFrom(0, 17))
  await settled(p)
  expect(await keptBy(p, trios())).toEqual([['shop0', 'shop1']])
  await p.generate()
  await p.produce('Sale', ...soldFrom(17, 18))
  await settled(p)
  await p.generate()
  expect(await keptBy(p, trios())).toEqual([['shop0', 'shop1', 'shop2']])
  await p.leave(worker)
  const without = await p.work('w2', { operators: [] })
  expect(await keptBy(p, trios())).toEqual([[]])
  await p.leave(without)
  await p.work('w3')
  await settled(p)
  expect(await keptBy(p, trios())).toEqual([['shop0', 'shop1', 'shop2']])
  expect((await p.stored('ByBuyer')).batch).toEqual(triosOf(await logged(p)))
  await p.close()
})

test('a new operator begins anew for all, when one before it was not through with what the log holds', async () => {
  const p = await openTrios({ partitions: 1 })
  const none = await p.work('w1', { operators: [] })
  await p.produce('Sale', ...soldFrom(0, 60))
  await settled(p)
  await p.leave(none)
  const { append } = p.log
  let isAway = false
  let sent = 0
  p.log.append = async (topic, records) => {
    if (topic === TRIOS && isAway) throw new PlatformError('UNAVAILABLE', 'no answer came', 'wait')
    if (topic === TRIOS && ++sent === 2) isAway = true
    return append(topic, records)
  }
  const half = await p.work('w2')
  await p.during(p.until(() => isAway && half.status().counters.commits_unknown > 0))
  await p.leave(half)
  isAway = false
  const other = { ...trios(9), name: 'Other' }
  await p.work('w3', { operators: [trios(), other] })
  await settled(p)
  const both = await keptBy(p, other)
  expect(both.flat().length).toBeGreaterThan(0)
  // the rows of the second are sent to the same log under the same places, and are copies of the first one's
  expect((await keptBy(p, trios())).flat()).toEqual([])
  expect((await p.stored('ByBuyer')).speed).toEqual(triosOf(await logged(p)))
  await p.close()
})

test('a lost state is made of what the lake has where the log has it no more', async () => {
  const p = await openTrios({ partitions: 1 })
  const worker = await p.work('w1')
  await p.produce('Sale', ...soldFrom(0, 52))
  await settled(p)
  await p.generate()
  await p.leave(worker)
  const kept = await keptBy(p, trios())
  const sales = await logged(p)
  const [{ high } = { high: 0 }] = await p.log.bounds(SALES)
  p.log.retain({ topic: SALES, partition: 0 }, high - 1)
  p.store.restore(NOTHING)
  await p.work('w2')
  await settled(p)
  expect(kept.flat().length).toBeGreaterThan(1)
  expect(await keptBy(p, trios())).toEqual(kept)
  await p.produce('Sale', ...soldFrom(52, 60))
  await settled(p)
  const rows = await readHeaders(
    p.store,
    (await p.ends()).filter(({ topic }) => topic === TRIOS),
  )
  const truth = Object.values(triosOf([[...sales.flat(), ...soldFrom(52, 60)]]))
  const applied = rows.reduce((sum, header) => sum + (header?.tally.applied ?? 0), 0)
  expect(applied).toBe(truth.reduce((sum, { trios }) => sum + trios, 0))
  await p.close()
})

test('a partition whose operators keep more than they may stands still and says so, and goes on when they may keep more', async () => {
  const p = await openTrios({ partitions: 1 })
  const full = await p.work('w1', { operatorBytes: 60 })
  await p.produce('Sale', ...soldFrom(0, 62))
  await p.until(() => full.status().partitions.some(({ halted }) => halted !== null))
  const halted = full.status().partitions.find(({ place }) => place.topic === SALES)?.halted
  expect(halted).toMatch(/^its joins and patterns keep \d+ bytes of state and may keep 60$/)
  await p.leave(full)
  await p.work('w2')
  await settled(p)
  expect((await p.stored('ByBuyer')).speed).toEqual(triosOf(await logged(p)))
  await p.close()
})
