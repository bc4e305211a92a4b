import { expect, test } from 'vitest'
import { byShop, measures, platform, sale, settled, source } from './test-platform.ts'

test('a lost store is rebuilt although the log no longer begins at its first record', async () => {
  const cut = 4
  const p = await platform(1, {
    ...{
      number: 1,
      id: 'g1-a',
      builtAt: 1,
      fingerprints: {},
      duckdbFile: null,
      clickhouse: false,
      files: [],
    },
    cuts: [{ topic: source.topic, partition: 0, cut }],
  })
  await p.log.append(
    source.topic,
    [1, 2, 3, 4, 5, 6].map((n) => sale(n, 'a', 0)),
  )
  // seen ids are collected again from the first record on: only those the log still has matter
  p.log.retain({ topic: source.topic, partition: 0 }, 2)
  const worker = await p.start('w1')
  await settled(p, worker)
  expect(worker.status().partitions.map(({ position, halted }) => [position, halted])).toEqual([[6, null]])
  expect(p.alarms).toEqual([])
  await worker.stop()
})

test('a store that is lost while nothing happens is filled again without new traffic', async () => {
  const p = await platform(2)
  const worker = await p.start('w1')
  await p.log.append(
    source.topic,
    [1, 2, 3].flatMap((n) => [sale(n, 'a', 0), sale(n, 'b', 1)]),
  )
  await settled(p, worker)
  const before = await measures(p.store, byShop)
  p.store.restore({ partitions: new Map(), pointer: null })
  await settled(p, worker)
  expect(await measures(p.store, byShop)).toEqual(before)
  await worker.stop()
})

test('a partition that is given out again while it is still being taken is read all the same', async () => {
  const p = await platform(1)
  const { read } = p.log
  let asked: readonly (readonly (number | null)[])[] = []
  p.log.read = async (options, reader) => {
    const owned = [{ topic: source.topic, partition: 0 }]
    asked = await Promise.all([reader.assigned(owned), reader.assigned(owned)])
    return read(options, reader)
  }
  const worker = await p.start('w1')
  expect(asked).toEqual([[0], [0]])
  await worker.stop()
})
