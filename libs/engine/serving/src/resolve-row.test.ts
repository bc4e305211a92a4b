import { partitionFor } from '@tidewater/base'
import { retire } from '@tidewater/seam'
import { afterEach, describe, expect, it } from 'vitest'
import { PARTITIONS, START, TOPIC, sale } from '@tidewater/testing/shop-catalog'
import { openShop, type Shop } from '@tidewater/testing/served-shop'

let running: Shop | null = null
const start = async (): Promise<Shop> => (running = await openShop())
afterEach(async () => {
  await running?.close()
})

interface Totals {
  sales: number
  revenue: string
}

describe('one group', () => {
  const question = `{
    merged: byShop(shop: "a") { shop sales revenue recent freshness { asOf generation cut { partition next } offsets { partition next } lagMs degraded watermark } }
    batch: byShop(shop: "a", layer: BATCH) { sales revenue freshness { offsets { next } } }
    speed: byShop(shop: "a", layer: SPEED) { sales revenue }
    none: byShop(shop: "nobody") { sales }
  }`
  type Answer = Record<
    'merged' | 'batch' | 'speed',
    (Totals & { recent: number; freshness: Record<string, unknown> }) | null
  > & { none: null }

  it('is batch ⊕ speed in every situation, and says what it has seen', async () => {
    const p = await start()
    await p.sell(sale('a', 1, '10.10'), sale('b', 2, '5.00'), sale('a', 55, '0.20'))
    const before = await p.ask<Answer>(question)
    expect(before.merged).toMatchObject({ shop: 'a', sales: 2, revenue: '10.30', recent: 1 })
    expect([before.batch, before.speed?.revenue, before.none]).toEqual([null, '10.30', null])
    await p.publish()
    const home = partitionFor('a', PARTITIONS)
    const after = await p.ask<Answer>(question)
    expect(after.merged).toMatchObject({ sales: 2, revenue: '10.30' })
    expect([after.batch?.revenue, after.speed]).toEqual(['10.30', null])
    await p.sell(sale('a', 56, '100.00'))
    const later = await p.ask<Answer>(question)
    expect([later.merged?.revenue, later.batch?.revenue, later.speed?.revenue]).toEqual([
      '110.30',
      '10.30',
      '100.00',
    ])
    expect(later.merged?.freshness).toMatchObject({
      asOf: '2026-01-01T12:00:00.000Z',
      generation: 1,
      lagMs: 0,
      degraded: [],
      cut: [{ partition: home, next: 2 + Number(partitionFor('b', PARTITIONS) === home) }],
      offsets: [{ partition: home, next: 3 + Number(partitionFor('b', PARTITIONS) === home) }],
      watermark: '2026-01-01T11:46:00.000Z',
    })
    await p.publish()
    for (const place of p.places) await retire(p.store, place, 2, p.nonce)
    expect((await p.ask<Answer>(question)).merged).toMatchObject({ revenue: '110.30' })
  })

  it('of a key on a foreign partition is found everywhere', async () => {
    const p = await start()
    await p.sell(sale('a', 1, '1.00'))
    const foreign = (partitionFor('a', PARTITIONS) + 1) % PARTITIONS
    const row = { saleId: 'stray', shop: 'a', country: 'FR', at: START - 60_000, units: 1, price: '2.00' }
    await p.log.append(TOPIC, [
      { partition: foreign, key: 'a', value: new TextEncoder().encode(JSON.stringify(row)), headers: {} },
    ])
    await p.settle()
    const { byShop } = await p.ask<{ byShop: Totals & { freshness: { offsets: unknown[] } } }>(
      '{ byShop(shop: "a") { sales revenue freshness { offsets { next } } } }',
    )
    expect([byShop.sales, byShop.revenue, byShop.freshness.offsets.length]).toEqual([2, '3.00', PARTITIONS])
  })

  it('in the past comes from the archive', async () => {
    const p = await start()
    await p.sell(sale('a', 1, '10.00'), sale('a', 30, '1.00'))
    await p.archive()
    const ask = (asOf: string) =>
      p.ask<{ byShop: (Totals & { freshness: { degraded: string[] } }) | null }>(
        `{ byShop(shop: "a", asOf: "${asOf}") { sales revenue freshness { degraded } } }`,
      )
    expect((await ask('2026-01-01T11:10:00Z')).byShop).toEqual({
      sales: 1,
      revenue: '10.00',
      freshness: { degraded: ['history'] },
    })
    expect((await ask('2026-01-01T10:00:00Z')).byShop).toBeNull()
    expect((await ask('stream')).byShop?.sales).toBe(2)
    await expect(
      p.ask('{ byShop(shop: "a", asOf: "2026-01-01T11:10:00Z", layer: SPEED) { sales } }'),
    ).rejects.toThrow('a past asOf has one layer')
  })

  it('in a past that the generation dropped, because of another partition, comes from the archive too', async () => {
    const p = await start()
    const [quiet, busy] = ['a', 'c']
    expect(partitionFor(quiet, PARTITIONS)).not.toBe(partitionFor(busy, PARTITIONS))
    await p.sell(...[50, 51, 52, 53, 54].map((minute) => sale(quiet, minute)))
    p.setClock(p.clock.now() + 10 * 3_600_000)
    await p.sell(sale(busy, 54 + 10 * 60))
    const ask = (asOf: string) =>
      p.ask(`{ byShop(shop: "${quiet}", asOf: "${asOf}") { sales recent freshness { degraded } } }`)
    const past = { sales: 5, recent: 5 }
    const before = { byShop: { ...past, freshness: { degraded: [] } } }
    expect(await ask('2026-01-01T11:55:00Z')).toEqual(before)
    await p.publish()
    expect(await ask('2026-01-01T11:55:00Z')).toEqual({
      byShop: { ...past, freshness: { degraded: ['history'] } },
    })
    expect(await ask('2026-01-01T20:55:00Z')).toMatchObject({
      byShop: { sales: 5, recent: 0, freshness: { degraded: ['windows-after-last-event'] } },
    })
  })

  it('silent for longer than it lives is gone', async () => {
    const p = await start()
    await p.sell(sale('a', 30))
    expect(await p.ask('{ recent(shop: "a") { sales } }')).toEqual({ recent: { sales: 1 } })
    p.setClock(p.clock.now() + 2 * 3_600_000)
    expect(await p.ask('{ recent(shop: "a") { sales freshness { asOf } } }')).toEqual({ recent: null })
  })
})
