import type { GenerationRecord } from '@tidewater/ports'
import { decodeHeader } from '@tidewater/seam'
import { expect, test } from 'vitest'
import { openSales, sale, TOPIC } from '@tidewater/testing/sales'

const place = { topic: TOPIC, partition: 0 }
const dead = { ...sale(99, 'a', 0), value: new TextEncoder().encode('no JSON') }
/** Five records: two sales of shop a, one of b, a copy of the first, and a dead one. */
const FIVE = [sale(1, 'a', 0), sale(2, 'b', 0), dead, sale(1, 'a', 0), sale(4, 'a', 0)]
const SOLD = { 'a@0': { sales: 2, units: 5 }, 'b@0': { sales: 1, units: 2 } }

/** A generation that ends there; a lost store begins at it. */
const cutAt = (cut: number): GenerationRecord => ({
  ...{ number: 1, id: 'g1-x', builtAt: 0, fingerprints: {}, duckdbFile: null, clickhouse: false, files: [] },
  cuts: [{ ...place, cut, strayed: false }],
})

const headerOf = async (p: Awaited<ReturnType<typeof openSales>>) =>
  decodeHeader((await p.store.header(place)) ?? new Uint8Array())

test('what Kafka deleted before it was applied is read back from the lake, exactly and told', async () => {
  const p = await openSales(1)
  await p.log.append(TOPIC, FIVE)
  await p.archive()
  p.log.retain(place, 4)
  const worker = await p.startSpeed({ name: 'w1' })
  await p.settle()
  expect(await p.sold('ByShop')).toEqual(SOLD)
  expect((await headerOf(p)).tally).toMatchObject({ applied: 3, duplicate: 1, dead: 1, absent: 0 })
  expect((await headerOf(p)).missing).toBe(false)
  expect(p.said.warn).toContain('event.sale/0: the log lacks 0 to 4; they are read from the lake')
  expect([worker.status().counters.records_refilled, p.alarms()]).toEqual([5, []])
  // a copy of what came from the lake is one, and the log goes on
  await p.log.append(TOPIC, [sale(4, 'a', 0), sale(7, 'b', 0)])
  await p.settle()
  expect(await p.sold('ByShop')).toEqual({ ...SOLD, 'b@0': { sales: 2, units: 9 } })
  await p.stop(worker)
})

test('a partition that stands still for what Kafka deleted goes on by itself when the archive has counted it as lost', async () => {
  const p = await openSales(1)
  await p.log.append(TOPIC, FIVE)
  p.log.retain(place, 4)
  const worker = await p.startSpeed({ name: 'w1' })
  await p.until(async () => p.alarms().includes('DATA_GAP'))
  expect((await headerOf(p)).halted).toBe('DATA_GAP: the log begins at 4, records from 0 on are gone')
  await p.archive()
  await p.settle()
  expect(await headerOf(p)).toMatchObject({
    halted: null,
    missing: true,
    tally: { applied: 1, dead: 0, absent: 4 },
  })
  expect(await p.sold('ByShop')).toEqual({ 'a@0': { sales: 1, units: 4 } })
  await p.stop(worker)
})

test('a lost store is filled from the lake although the log no longer has any of it, step by step', async () => {
  const p = await openSales(1)
  const many = Array.from({ length: 60 }, (_, n) => sale(n, `shop${n % 7}`, 0))
  await p.log.append(TOPIC, many)
  const first = await p.startSpeed({ name: 'w1' })
  await p.settle()
  const before = await p.sold('ByShop')
  await p.archive()
  await p.stop(first)
  p.store.restore({ partitions: new Map(), pointer: null })
  p.log.retain(place, 60)
  const second = await p.startSpeed({ name: 'w2', limits: { maxChanges: 3, maxUncommitted: 9 } })
  await p.settle()
  expect(await p.sold('ByShop')).toEqual(before)
  expect(p.alarms()).toEqual([])
  await p.stop(second)
})

test('a lost store tells a copy by what the lake has, although the log no longer has what it is a copy of', async () => {
  const p = await openSales(1, cutAt(2))
  await p.log.append(TOPIC, [sale(1, 'a', 0), sale(2, 'b', 0)])
  await p.archive()
  p.log.retain(place, 2)
  await p.log.append(TOPIC, [sale(1, 'a', 0), sale(3, 'a', 0)])
  const worker = await p.startSpeed({ name: 'w1' })
  await p.settle()
  expect(await headerOf(p)).toMatchObject({ carried: null, tally: { applied: 1, duplicate: 1 } })
  expect(p.alarms()).toEqual([])
  await p.stop(worker)
})

test('a copy counts once, although what it is a copy of is deleted from the log while its ids are read', async () => {
  const p = await openSales(1, cutAt(4))
  await p.log.append(
    TOPIC,
    [1, 2, 3, 4].map((n) => sale(n, 'a', 0)),
  )
  await p.archive()
  await p.log.append(TOPIC, [sale(3, 'a', 0), sale(5, 'a', 0)])
  const bounds = p.log.bounds
  p.log.bounds = async (topic) => {
    const before = await bounds(topic)
    p.log.retain(place, 4)
    return before
  }
  const worker = await p.startSpeed({ name: 'w1' })
  await p.settle()
  expect((await headerOf(p)).tally).toMatchObject({ applied: 1, duplicate: 1 })
  await p.stop(worker)
})
