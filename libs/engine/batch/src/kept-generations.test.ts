import { must } from '@tidewater/base'
import { decodeHeader, encodeHeader, pointerOf, protocol } from '@tidewater/seam'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { expectTruth, openShops, TOPIC, type Shops } from '@tidewater/testing/shops'
import { publishNewest } from './run-generation.ts'

let platform: Shops
beforeEach(async () => {
  platform = await openShops()
})
afterEach(() => platform.close())

test('a partition that comes while a generation is built costs no generation', async () => {
  await platform.produce(20)
  await platform.apply()
  await platform.run()
  await platform.produce(20)
  await platform.apply()
  const [warehouse] = platform.ports.warehouses
  if (warehouse === undefined) throw new Error('no warehouse')
  const growing = {
    ...warehouse,
    build: async (...asked: Parameters<typeof warehouse.build>) => {
      await platform.log.ensureTopics([{ topic: TOPIC, partitions: 3, retentionMs: -1 }])
      await platform.send(2, 'shop9')
      await platform.apply()
      return warehouse.build(...asked)
    },
  }
  await platform.run({ ...platform.ports, warehouses: [growing] })
  expect(await platform.run()).toMatchObject({
    kind: 'published',
    generation: { number: 3, cuts: [{ cut: 20 }, { cut: 20 }, { cut: 1 }] },
  })
  expect((await platform.during(platform.lake.generations())).map(({ number }) => number)).toEqual([1, 2, 3])
  const stored = await platform.store.header({ topic: TOPIC, partition: 2 })
  expect(stored && decodeHeader(stored).cuts).toMatchObject([{ number: 3, cut: 1 }])
})

test('a contradicted generation is dropped alone: a store that is lost meanwhile begins at the one before', async () => {
  for (let n = 0; n < 2; n++) {
    await platform.produce(20)
    await platform.apply()
    await platform.run()
  }
  const [first, second] = await platform.during(platform.lake.generations())
  const place = { topic: TOPIC, partition: 0 }
  const stored = await platform.store.header(place)
  if (stored === null || second === undefined) throw new Error('no header')
  const header = decodeHeader(stored)
  const next = encodeHeader({ ...header, revision: 'other', cuts: [{ number: 2, id: null, cut: 19 }] })
  await platform.store.commit(place, { expected: stored, next, writes: [], seen: [] })
  expect(await platform.during(publishNewest(platform.ports, platform.options, platform.places))).toEqual(
    first,
  )
  expect(await platform.during(platform.lake.generations())).toEqual([first])
  expect(await platform.run()).toMatchObject({
    kind: 'published',
    generation: { number: 2, cuts: [{ cut: 19 }, { cut: 20 }] },
  })
  await expectTruth(platform)
})

test.each([
  ['last', [0, 1]],
  ['first', [1, 0]],
])(
  'a lost store gets its next generation, although it contradicts the newest and its %s partition began there',
  async (_, order) => {
    for (let n = 0; n < 2; n++) {
      await platform.produce(20)
      await platform.apply()
      await platform.run()
    }
    const generations = await platform.during(platform.lake.generations())
    platform.store.restore({ partitions: new Map(), pointer: null })
    // somebody began the one before the second generation was durable, somebody else the other after that
    for (const [n, newest] of generations.entries()) {
      const place = { topic: TOPIC, partition: must(order[n], 'partition') }
      const found = { end: 20, partitions: 2, strayed: true }
      const header = protocol.seedHeader(pointerOf(newest), place, found, platform.nonce())
      await platform.store.commit(place, { expected: null, next: encodeHeader(header), writes: [], seen: [] })
    }
    await platform.produce(20)
    await platform.apply()
    const [first] = generations
    const place = { topic: TOPIC, partition: must(order[0], 'partition') }
    const stored = decodeHeader(must(await platform.store.header(place), 'header'))
    expect(stored).toMatchObject({ nextOffset: 30, floor: must(first, 'generation').number })
    expect(await platform.run()).toMatchObject({ kind: 'published', generation: { number: 2 } })
    await expectTruth(platform)
  },
)
