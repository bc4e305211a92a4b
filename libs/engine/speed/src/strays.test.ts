import { partitionFor } from '@tidewater/base'
import type { GenerationRecord } from '@tidewater/ports'
import { ensureGenesis, isHomeEnough, readHeaders } from '@tidewater/seam'
import { expect, test } from 'vitest'
import { CacheBudget } from './cache-budget.ts'
import { newCounters } from './counters.ts'
import { Task } from './task.ts'
import { openSales, sale, TOPIC, type Sales } from '@tidewater/testing/sales'

const shops = Array.from({ length: 20 }, (_, n) => `shop${n}`)
const placesOf = (partitions: number) =>
  Array.from({ length: partitions }, (_, partition) => ({ topic: TOPIC, partition }))

/** Shops that a reader would look for on a partition that does not hold them. */
const missed = async (p: Sales, partitions: number, heldAt: (shop: string) => number): Promise<string[]> => {
  const headers = await readHeaders(p.store, placesOf(partitions))
  return shops.filter((shop) => {
    const header = headers[partitionFor(shop, partitions)]
    if (header === null || header === undefined) throw new Error('no header')
    return heldAt(shop) !== partitionFor(shop, partitions) && isHomeEnough(header, partitions)
  })
}

/** What the batch would record as the generation's cut: everything applied so far. */
const generationOf = async (p: Sales, partitions: number): Promise<GenerationRecord> => {
  const places = placesOf(partitions)
  const headers = await readHeaders(p.store, places)
  return {
    number: 1,
    id: 'g1-x',
    builtAt: 0,
    cuts: places.map((place, i) => ({
      ...place,
      cut: headers[i]?.nextOffset ?? 0,
      strayed: headers[i] === null || !isHomeEnough(headers[i] as never, partitions),
    })),
    fingerprints: { ByShop: p.machines.get('ByShop')?.fingerprint ?? '' },
    duckdbFile: null,
    clickhouse: false,
    files: [],
  }
}

/** A platform of four partitions and its worker, which has applied a sale of every shop. */
const appliedWith = async (partitionOf: (shop: string) => number) => {
  const p = await openSales(4)
  const worker = await p.startSpeed({ name: 'w1' })
  await p.log.append(
    TOPIC,
    shops.map((shop, n) => sale(n, shop, partitionOf(shop))),
  )
  await p.settle()
  return { p, worker }
}

test.each(['speed', 'serving'] as const)(
  'a topic grows from 4 to 8 partitions: every key is found when %s writes the new headers first',
  async (first) => {
    const p = await openSales(4)
    const worker = await p.startSpeed({ name: 'w1' })
    await p.log.append(
      TOPIC,
      shops.map((shop, n) => sale(n, shop, partitionFor(shop, 4))),
    )
    await p.settle()
    expect(await missed(p, 4, (shop) => partitionFor(shop, 4))).toEqual([])
    await p.stop(worker)
    await p.log.ensureTopics([{ topic: TOPIC, partitions: 8, retentionMs: -1 }])
    if (first === 'serving') await ensureGenesis(p, placesOf(8), null)
    const grown = await p.startSpeed({ name: 'w2' })
    await p.settle()
    expect(await missed(p, 8, (shop) => partitionFor(shop, 4))).toEqual([])
    await p.stop(grown)
  },
)

test('a worker that runs while its topic grows tells homes by the new number', async () => {
  const p = await openSales(4)
  const worker = await p.startSpeed({ name: 'w1' })
  await p.log.append(TOPIC, [sale(1, 'shop0', partitionFor('shop0', 4))])
  await p.settle()
  await p.log.ensureTopics([{ topic: TOPIC, partitions: 8, retentionMs: -1 }])
  await p.log.append(
    TOPIC,
    shops.map((shop, n) => sale(n + 10, shop, 0)),
  )
  await p.settle()
  expect(await missed(p, 8, () => 0)).toEqual([])
  const units = await p.sold('ByShop')
  expect(Object.keys(units).sort()).toEqual(shops.map((shop) => `${shop}@0`).sort())
  await p.stop(worker)
})

test('the store is lost: keys that stray below the cut of the generation it is rebuilt from are found', async () => {
  const { p, worker } = await appliedWith(() => 0)
  const newest = await generationOf(p, 4)
  await p.stop(worker)
  p.store.restore({ partitions: new Map(), pointer: null })
  await ensureGenesis(p, placesOf(4), newest)
  expect(await missed(p, 4, () => 0)).toEqual([])
})

test('a lost store without strays proves its homes again; an old generation that says nothing of them proves nothing', async () => {
  const { p, worker } = await appliedWith((shop) => partitionFor(shop, 4))
  const newest = await generationOf(p, 4)
  await p.stop(worker)
  const proved = async (generation: GenerationRecord): Promise<boolean[]> => {
    p.store.restore({ partitions: new Map(), pointer: null })
    await ensureGenesis(p, placesOf(4), generation)
    return (await readHeaders(p.store, placesOf(4))).map(
      (header) => header !== null && isHomeEnough(header, 4),
    )
  }
  expect(await proved(newest)).toEqual([true, true, true, true])
  const silent = {
    ...newest,
    cuts: newest.cuts.map(({ topic, partition, cut }) => ({ topic, partition, cut })),
  }
  expect(await proved(silent)).toEqual([false, false, false, false])
})

test('one partition is lost under a running worker: its new header proves nothing', async () => {
  const { p, worker } = await appliedWith(() => 0)
  const { partitions, pointer } = p.store.snapshot()
  const home = partitionFor('shop0', 4)
  p.store.restore({
    partitions: new Map([...partitions].filter(([name]) => !name.endsWith(`:${home}`))),
    pointer,
  })
  await ensureGenesis(p, placesOf(4), null)
  expect(await missed(p, 4, () => 0)).toEqual([])
  await p.stop(worker)
})

test('a key that strays is found, although the store loses the mark of it before its sale is stored', async () => {
  const p = await openSales(2)
  const home = partitionFor('shop0', 2)
  const place = { topic: TOPIC, partition: 1 - home }
  const budget = new CacheBudget(10_000)
  const task = new Task(place, p.source, { ...p, counters: newCounters(), budget })
  const stray = { ...sale(1, 'shop0', place.partition), key: null, offset: 0, appendedAt: 0 }
  await task.start()
  const kept = p.store.snapshot()
  await task.step(0, [stray], 0, 1, 1)
  p.store.restore(kept)
  while ((await task.commit()) !== 'applied') {
    await task.start()
    await task.step(0, [stray], 0, 1, 1)
  }
  expect(await p.sold('ByShop')).toEqual({ 'shop0@0': { sales: 1, units: 1 } })
  const [header] = await readHeaders(p.store, [{ topic: TOPIC, partition: home }])
  expect(header).toMatchObject({ strayed: true })
})
