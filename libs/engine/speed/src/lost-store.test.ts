import { decodeHeader } from '@tidewater/seam'
import { expect, test } from 'vitest'
import { openSales, sale, TOPIC } from '@tidewater/testing/sales'

test('a lost store is rebuilt although the log no longer begins at its first record', async () => {
  const cut = 4
  const p = await openSales(1, {
    ...{
      number: 1,
      id: 'g1-a',
      builtAt: 1,
      fingerprints: {},
      duckdbFile: null,
      clickhouse: false,
      files: [],
    },
    cuts: [{ topic: TOPIC, partition: 0, cut }],
  })
  await p.log.append(
    TOPIC,
    [1, 2, 3, 4, 5, 6].map((n) => sale(n, 'a', 0)),
  )
  await p.archive()
  // seen ids are collected again from the first record on: those that the log no longer has are in the lake
  p.log.retain({ topic: TOPIC, partition: 0 }, 2)
  const worker = await p.startSpeed({ name: 'w1' })
  await p.settle()
  expect(worker.status().partitions.map(({ position, halted }) => [position, halted])).toEqual([[6, null]])
  expect(p.alarms()).toEqual([])
  await p.stop(worker)
})

test('a store that is lost while nothing happens is filled again without new traffic', async () => {
  const p = await openSales(2)
  const worker = await p.startSpeed({ name: 'w1' })
  await p.log.append(
    TOPIC,
    [1, 2, 3].flatMap((n) => [sale(n, 'a', 0), sale(n, 'b', 1)]),
  )
  await p.settle()
  const before = await p.sold('ByShop')
  p.store.restore({ partitions: new Map(), pointer: null })
  await p.settle()
  expect(await p.sold('ByShop')).toEqual(before)
  await p.stop(worker)
})

test('a partition that is given out again while it is still being taken is read all the same', async () => {
  const p = await openSales(1)
  const { read } = p.log
  let asked: readonly (readonly (number | null)[])[] = []
  p.log.read = async (options, reader) => {
    const owned = [{ topic: TOPIC, partition: 0 }]
    asked = await Promise.all([reader.assigned(owned), reader.assigned(owned)])
    return read(options, reader)
  }
  const worker = await p.startSpeed({ name: 'w1' })
  expect(asked).toEqual([[0], [0]])
  await p.stop(worker)
})

test('a partition that stands still says so again when the store has lost that', async () => {
  const p = await openSales(1)
  await p.log.append(
    TOPIC,
    [1, 2, 3].map((n) => sale(n, 'a', 0)),
  )
  const place = { topic: TOPIC, partition: 0 }
  p.log.retain(place, 2)
  const worker = await p.startSpeed({ name: 'w1' })
  const isSaid = async (): Promise<boolean> => {
    const stored = await p.store.header(place)
    const halted = stored === null ? null : decodeHeader(stored).halted
    return halted === 'DATA_GAP: the log begins at 2, records from 0 on are gone'
  }
  await p.until(isSaid)
  p.store.restore({ partitions: new Map(), pointer: null })
  await p.until(isSaid, 5_000)
  await p.stop(worker)
})

test('an id is kept for the whole horizon: another worker tells a copy half an hour before its end', async () => {
  const p = await openSales(1)
  const first = await p.startSpeed({ name: 'w1' })
  const began = p.clock.now()
  const send = async (hours: number, n: number): Promise<void> => {
    p.setClock(began + hours * 3_600_000)
    await p.log.append(TOPIC, [sale(n, 'a', 0)])
    await p.settle()
  }
  await send(0, 1)
  await send(23, 2)
  await p.stop(first)
  // of so few ids memory forgets none: the other worker has only what the store kept
  const second = await p.startSpeed({ name: 'w2' })
  await send(23.5, 1)
  expect(await p.sold('ByShop')).toEqual({ 'a@0': { sales: 2, units: 3 } })
  await p.stop(second)
})
