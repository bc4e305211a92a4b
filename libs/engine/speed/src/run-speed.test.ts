import { PlatformError } from '@tidewater/base'
import { decodeHeader, readHeaders, registerGeneration } from '@tidewater/seam'
import { expect, test } from 'vitest'
import { openSales, sale, TOPIC } from '@tidewater/testing/sales'

test('records become state, once each; duplicates and dead ones are counted', async () => {
  const p = await openSales()
  await p.log.append(TOPIC, [
    sale(1, 'a', 0),
    sale(2, 'b', 1),
    sale(3, 'a', 0),
    sale(1, 'a', 0),
    { ...sale(9, 'a', 0), value: new Uint8Array(0) },
  ])
  const worker = await p.startSpeed({ name: 'w1' })
  await p.settle()
  await p.log.append(TOPIC, [sale(7, 'a', 0), sale(3, 'a', 0)])
  await p.settle()
  expect(await p.sold('ByShop')).toEqual({
    'a@0': { sales: 3, units: 11 },
    'b@0': { sales: 1, units: 2 },
  })
  expect(await p.sold('ByMinute')).toEqual({
    'a@0': { sales: 2 },
    'a@60000': { sales: 1 },
    'b@0': { sales: 1 },
  })
  const { counters } = worker.status()
  expect([
    counters.events_read,
    counters.events_applied,
    counters.events_duplicate,
    counters.events_dead,
  ]).toEqual([7, 4, 2, 1])
  expect((await p.during(p.registry.workers())).map((w) => [w.name, [...w.partitions].sort()])).toEqual([
    ['w1', ['event.sale:0', 'event.sale:1']],
  ])
  await p.stop(worker)
  expect(await p.during(p.registry.workers())).toEqual([])
})

test('a stray marks its home before it is stored', async () => {
  const p = await openSales()
  const worker = await p.startSpeed({ name: 'w1' })
  await p.log.append(
    TOPIC,
    ['a', 'b', 'c', 'd'].flatMap((shop, n) => [sale(n, shop, 0), sale(n + 10, shop, 1)]),
  )
  await p.settle()
  const headers = await Promise.all([0, 1].map((partition) => p.store.header({ topic: TOPIC, partition })))
  expect(
    headers.map(
      (h) => (JSON.parse(new TextDecoder().decode(h ?? new Uint8Array())) as { strayed: boolean }).strayed,
    ),
  ).toEqual([true, true])
  expect(worker.status().counters.keys_strayed).toBe(2)
  await p.stop(worker)
})

test('workers come, share, crash and go; the sums stay exact', async () => {
  const p = await openSales(4)
  const truth: Record<string, { sales: number; units: number }> = {}
  let n = 0
  const produce = async (): Promise<void> => {
    const records = Array.from({ length: 200 }, () => {
      const shop = `shop${++n % 17}`
      const t = (truth[`${shop}@0`] ??= { sales: 0, units: 0 })
      t.sales++
      t.units += n
      return sale(n, shop, n % 4)
    })
    await p.log.append(TOPIC, records)
  }
  const first = await p.startSpeed({
    name: 'w1',
    limits: { stepRecords: 16, maxChanges: 8, maxUncommitted: 64, cacheBytes: 1_500, largeBytes: 16 },
  })
  await produce()
  const second = await p.startSpeed({ name: 'w2', limits: { stepRecords: 16, maxChanges: 8 } })
  await produce()
  await p.stop(first)
  await produce()
  await p.settle()
  expect(await p.sold('ByShop')).toEqual(truth)
  await p.stop(second)
})

test('state that goes back is read again; a lost store is rebuilt from the log', async () => {
  const p = await openSales()
  const worker = await p.startSpeed({ name: 'w1' })
  await p.log.append(TOPIC, [sale(1, 'a', 0), sale(2, 'b', 1)])
  await p.settle()
  const earlier = p.store.snapshot()
  await p.log.append(TOPIC, [sale(3, 'a', 0), sale(4, 'b', 1)])
  await p.settle()
  p.store.restore(earlier)
  await p.log.append(TOPIC, [sale(5, 'a', 0), sale(6, 'b', 1)])
  await p.settle()
  const truth = { 'a@0': { sales: 3, units: 9 }, 'b@0': { sales: 3, units: 12 } }
  expect(await p.sold('ByShop')).toEqual(truth)
  expect(worker.status().counters.commits_rewound).toBe(2)
  p.store.restore({ partitions: new Map(), pointer: null })
  await p.log.append(TOPIC, [sale(7, 'a', 0), sale(8, 'b', 1)])
  await p.settle()
  await p.stop(worker)
  const again = await p.startSpeed({ name: 'w2' })
  await p.settle()
  expect(await p.sold('ByShop')).toEqual({
    'a@0': { sales: 4, units: 16 },
    'b@0': { sales: 4, units: 20 },
  })
  await p.stop(again)
})

test('a store that loses its tail while partitions are dealt anew leaves none standing still', async () => {
  const p = await openSales(1)
  const worker = await p.startSpeed({ name: 'w1' })
  await p.log.append(TOPIC, [sale(1, 'a', 0)])
  await p.settle()
  const earlier = p.store.snapshot()
  await p.log.append(TOPIC, [sale(2, 'a', 0)])
  await p.settle()
  const slow = Promise.withResolvers<void>()
  const { seen } = p.store
  p.store.seen = async (place, from) => {
    if (place.partition === 1) await slow.promise
    return seen(place, from)
  }
  const grown = p.log.ensureTopics([{ topic: TOPIC, partitions: 2, retentionMs: -1 }])
  await p.until(() => worker.status().partitions.length === 2)
  p.store.restore(earlier)
  await p.until(() => worker.status().partitions[0]?.position === 1)
  slow.resolve()
  await p.during(grown)
  await p.settle()
  expect(await p.sold('ByShop')).toEqual({ 'a@0': { sales: 2, units: 3 } })
  await p.stop(worker)
})

test('records that are gone halt their partition, with an alarm, and nothing is skipped', async () => {
  const p = await openSales()
  await p.log.append(TOPIC, [sale(1, 'a', 0), sale(2, 'b', 1)])
  const bounds = p.log.bounds
  p.log.bounds = async (topic) => (await bounds(topic)).map((b) => (b.partition === 0 ? { ...b, low: 1 } : b))
  const worker = await p.startSpeed({ name: 'w1' })
  await p.until(async () => 'b@0' in (await p.sold('ByShop')))
  expect(p.alarms()).toEqual(['DATA_GAP'])
  expect(await p.sold('ByShop')).toEqual({ 'b@0': { sales: 1, units: 2 } })
  expect(worker.status().partitions.find((s) => s.place.partition === 0)?.halted).toContain(
    'the log begins at 1',
  )
  const headers = await readHeaders(
    p.store,
    [0, 1].map((partition) => ({ topic: TOPIC, partition })),
  )
  expect(headers.map((header) => header?.halted)).toEqual([
    'DATA_GAP: the log begins at 1, records from 0 on are gone',
    null,
  ])
  await p.stop(worker)
})

test('a store that is away for a while stops nothing for good', async () => {
  const p = await openSales()
  const worker = await p.startSpeed({ name: 'w1' })
  const { commit, header } = p.store
  const away = async (): Promise<never> => {
    throw new PlatformError('UNAVAILABLE', 'the state store is away', 'start it')
  }
  p.store.commit = away
  p.store.header = away
  await p.log.append(TOPIC, [sale(1, 'a', 0), sale(2, 'b', 1)])
  await p.advance(40)
  p.store.commit = commit
  p.store.header = header
  await p.settle()
  expect(await p.sold('ByShop')).toEqual({
    'a@0': { sales: 1, units: 1 },
    'b@0': { sales: 1, units: 2 },
  })
  expect(p.alarms()).toContain('STORE')
  await p.stop(worker)
})

test('commits go on when the wall clock steps back an hour', async () => {
  const p = await openSales()
  const worker = await p.startSpeed({ name: 'w1' })
  p.setClock(p.clock.now() - 3_600_000)
  const before = p.clock.elapsed()
  await p.log.append(TOPIC, [sale(1, 'a', 0), sale(2, 'b', 1)])
  await p.settle()
  expect(p.clock.elapsed() - before).toBeLessThanOrEqual(5_000)
  await p.stop(worker)
})

test('a publish while a partition is taken ends nothing: its records are applied', async () => {
  const p = await openSales()
  const place = { topic: TOPIC, partition: 0 }
  const { seen } = p.store
  let published = false
  p.store.seen = async (at, from) => {
    if (at.partition === 0 && !published) {
      published = true
      const cut = decodeHeader((await p.store.header(place)) ?? new Uint8Array()).nextOffset
      const generation = { number: 1, id: 'g1-x', cut, strayed: false, lacks: [], parts: [] }
      expect((await registerGeneration(p.store, place, generation, p.nonce)).kind).toBe('done')
    }
    return seen(at, from)
  }
  const worker = await p.startSpeed({ name: 'w1' })
  await p.log.append(TOPIC, [sale(1, 'a', 0), sale(2, 'b', 1)])
  await p.settle()
  expect(published).toBe(true)
  await p.stop(worker)
})

test('a log that ends below the generation a lost store is rebuilt from halts its partition', async () => {
  const cuts = [0, 1].map((partition) => ({ topic: TOPIC, partition, cut: 5, strayed: false }))
  const record = { number: 1, id: 'g1-x', builtAt: 0, cuts, fingerprints: {}, files: [] }
  const p = await openSales(2, { ...record, duckdbFile: null, clickhouse: false })
  await p.log.append(TOPIC, [sale(1, 'a', 0)])
  const worker = await p.startSpeed({ name: 'w1' })
  expect(p.alarms()).toEqual(['LOG_SHORT', 'LOG_SHORT'])
  const [header] = await readHeaders(p.store, [{ topic: TOPIC, partition: 0 }])
  expect(header?.halted).toBe('LOG_SHORT: the log ends at 1, but records below 5 are applied')
  await p.stop(worker)
})

test('a fault of the program in a commit ends the worker with its cause', async () => {
  const p = await openSales()
  const worker = await p.startSpeed({ name: 'w1' })
  const { commit } = p.store
  p.store.commit = async (place, change) => {
    if (change.writes.length > 0) throw new TypeError('x is not a function')
    return commit(place, change)
  }
  await p.log.append(TOPIC, [sale(1, 'a', 0)])
  await expect(worker.done).rejects.toThrow('x is not a function')
})
