import { decodeHeader, encodeHeader } from '@tidewater/seam'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BatchPorts } from './batch-ports.ts'
import { publishNewest, runGeneration, type GenerationResult } from './run-generation.ts'
import { batchAnswer, openPlatform, places, TOPIC, truth, type Platform } from './test-platform.ts'

let platform: Platform
beforeEach(async () => {
  platform = await openPlatform()
})
afterEach(() => platform.close())

const run = (ports: BatchPorts = platform.ports()): Promise<GenerationResult> =>
  runGeneration(ports, platform.options, { through: 'now', patienceMs: 60_000 }, () => undefined)

test('a partition that comes while a generation is built costs no generation', async () => {
  await platform.produce(20)
  await platform.apply()
  await run()
  await platform.produce(20)
  await platform.apply()
  const [warehouse] = platform.ports().warehouses
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
  await run({ ...platform.ports(), warehouses: [growing] })
  expect(await run()).toMatchObject({
    kind: 'published',
    generation: { number: 3, cuts: [{ cut: 20 }, { cut: 20 }, { cut: 1 }] },
  })
  expect((await platform.lake.generations()).map(({ number }) => number)).toEqual([1, 2, 3])
  const stored = await platform.store().header({ topic: TOPIC, partition: 2 })
  expect(stored && decodeHeader(stored).cuts).toMatchObject([{ number: 3, cut: 1 }])
})

test('a contradicted generation is dropped alone: a store that is lost meanwhile begins at the one before', async () => {
  for (let n = 0; n < 2; n++) {
    await platform.produce(20)
    await platform.apply()
    await run()
  }
  const [first, second] = await platform.lake.generations()
  const place = { topic: TOPIC, partition: 0 }
  const stored = await platform.store().header(place)
  if (stored === null || second === undefined) throw new Error('no header')
  const header = decodeHeader(stored)
  const next = encodeHeader({ ...header, revision: 'other', cuts: [{ number: 2, id: null, cut: 19 }] })
  await platform.store().commit(place, { expected: stored, next, writes: [], seen: [] })
  expect(await publishNewest(platform.ports(), platform.options, places)).toEqual(first)
  expect(await platform.lake.generations()).toEqual([first])
  expect(await run()).toMatchObject({
    kind: 'published',
    generation: { number: 2, cuts: [{ cut: 19 }, { cut: 20 }] },
  })
  const { pointer, rows } = await batchAnswer(platform, 'ShopTotals', platform.clock.now())
  expect(rows).toEqual(truth(platform.records, pointer, 'ShopTotals', platform.clock.now()))
})
