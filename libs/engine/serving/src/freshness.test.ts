import { PlatformError, partitionFor } from '@tidewater/base'
import { ALL_WINDOWS } from '@tidewater/ports'
import { ensureGenesis, markHalted } from '@tidewater/seam'
import { afterEach, describe, expect, it } from 'vitest'
import { PARTITIONS, TOPIC, sale } from '@tidewater/testing/shop-catalog'
import { openShop, type Shop, type ShopOptions } from '@tidewater/testing/served-shop'

let running: Shop | null = null
const start = async (options?: ShopOptions): Promise<Shop> => (running = await openShop(options))
afterEach(async () => {
  await running?.close()
})

interface List {
  readonly rows: readonly { shop: string; sales: number }[]
  readonly freshness: { readonly degraded: readonly string[]; readonly lagMs: number }
}
const LIST = '{ byShopList { rows { shop sales } freshness { degraded lagMs } } }'
const list = async (p: Shop): Promise<List> => (await p.ask<{ byShopList: List }>(LIST)).byShopList
const homeOf = (shop: string): string => `${TOPIC}/${partitionFor(shop, PARTITIONS)}`
const codeOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    (answer) => answer,
    (error: { extensions?: { code: string; cure: string } }) => error.extensions?.code,
  )

describe('a store that was lost', () => {
  it('says what it has yet to apply again, and answers no null for what it may have known', async () => {
    const p = await start()
    await p.sell(sale('a', 51), sale('a', 52), sale('b', 53))
    await p.stopWorker()
    p.store.restore({ partitions: new Map(), pointer: null })
    await ensureGenesis(p, p.places, null)
    const before = await list(p)
    expect(before.rows).toEqual([])
    expect([...before.freshness.degraded].sort()).toEqual(
      [...new Set([homeOf('a'), homeOf('b')])].map((place) => `rebuilding:${place}`).sort(),
    )
    expect(await codeOf(p.ask('{ byShop(shop: "a") { sales } }'))).toBe('NOT_READY')
    await p.startWorker()
    await p.settle()
    const after = await list(p)
    expect(after.rows).toEqual([
      { shop: 'a', sales: 2 },
      { shop: 'b', sales: 1 },
    ])
    expect(after.freshness).toEqual({ degraded: [], lagMs: 0 })
    expect(await p.ask('{ byShop(shop: "nobody") { sales } }')).toEqual({ byShop: null })
  })
})

describe('a store that lost its newest commits', () => {
  it('says that the archive holds more, until it is applied again', async () => {
    const p = await start()
    await p.sell(sale('a', 51))
    const earlier = p.store.snapshot()
    await p.sell(sale('a', 52), sale('a', 53))
    await p.archive()
    expect((await list(p)).freshness.degraded).toEqual([])
    await p.stopWorker()
    p.store.restore(earlier)
    const before = await list(p)
    expect(before.rows).toEqual([{ shop: 'a', sales: 1 }])
    expect(before.freshness.degraded).toEqual([`behind:${homeOf('a')}`])
    await p.startWorker()
    await p.settle()
    const after = await list(p)
    expect(after.rows).toEqual([{ shop: 'a', sales: 3 }])
    expect(after.freshness.degraded).toEqual([])
  })
})

describe('a view that no generation holds yet', () => {
  it('answers NOT_READY, not null, for a key it may only not know yet', async () => {
    const p = await start({ unmaintained: ['Recent'] })
    await p.sell(sale('old', 30))
    expect(await codeOf(p.ask('{ recent(shop: "old") { sales } }'))).toBe('NOT_READY')
    expect(await p.ask('{ byShop(shop: "nobody") { sales } }')).toEqual({ byShop: null })
  })
})

describe('records that retention deleted before they were archived', () => {
  it('are missing from every answer, which says so', async () => {
    const p = await start()
    const shops = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k']
    await p.sell(...shops.map((shop) => sale(shop, 55)))
    for (const { topic, partition, next } of await p.ends()) p.log.retain({ topic, partition }, next)
    await p.publish()
    const { byShopList } = await p.ask<{ byShopList: List }>(LIST)
    const { topic } = p.places[0] ?? { topic: '' }
    const missing = Array.from({ length: PARTITIONS }, (_, partition) => `missing:${topic}/${partition}`)
    expect(byShopList.freshness.degraded).toEqual(missing)
    expect((await p.serving.reader.readList('ByShop', ALL_WINDOWS)).degraded).toEqual(missing)
  })
})

describe('a log that is away', () => {
  it('stops no question: only how far behind the answer is cannot be told', async () => {
    const p = await start()
    await p.sell(sale('a', 55), sale('b', 56))
    const away = (): Promise<never> =>
      Promise.reject(new PlatformError('UNAVAILABLE', 'Kafka did not answer', 'wait'))
    const serving = await p.startServing({ log: { ...p.log, bounds: away } })
    const { byShop, byShopList } = await p.ask<{ byShop: object; byShopList: List }>(
      `{ byShop(shop: "a") { sales } ${LIST.slice(1)}`,
      serving,
    )
    expect(byShop).toEqual({ sales: 1 })
    expect(byShopList.rows).toHaveLength(2)
    expect(byShopList.freshness.degraded).toEqual(['lag-unknown'])
    const { status } = await p.ask<{ status: { partitions: object[] } }>(
      '{ status { partitions { partition high } } }',
      serving,
    )
    expect(status.partitions).toEqual(
      Array.from({ length: PARTITIONS }, (_, partition) => ({ partition, high: null })),
    )
    await p.stop(serving)
  })

  it('that does not even refuse is not waited for', async () => {
    const p = await start()
    await p.sell(sale('a', 55))
    const due: (() => void)[] = []
    const serving = await p.startServing({
      log: { ...p.log, bounds: () => new Promise(() => undefined) },
      timers: {
        after: (_ms, run) => {
          due.push(run)
          queueMicrotask(run)
          return () => undefined
        },
      },
    })
    const { byShopList } = await p.ask<{ byShopList: List }>(LIST, serving)
    expect([byShopList.rows.length, byShopList.freshness.degraded, due.length > 0]).toEqual([
      1,
      ['lag-unknown'],
      true,
    ])
    await p.stop(serving)
  })
})

describe('a partition that stands still', () => {
  it('is named in every answer that needs it, and its age is told', async () => {
    const p = await start()
    await p.sell(sale('a', 55))
    await p.stopWorker()
    const place = { topic: TOPIC, partition: partitionFor('a', PARTITIONS) }
    await markHalted(p.store, place, 'LOG_SHORT: the log ends at 0', p.nonce)
    await p.advance(60_000)
    const { degraded, lagMs } = (await list(p)).freshness
    expect([degraded, lagMs]).toEqual([[`halted:${homeOf('a')}`], 60_000])
    expect(await codeOf(p.ask('{ byShop(shop: "a") { sales } }'))).toEqual({ byShop: { sales: 1 } })
  })
})

describe('records that wait', () => {
  it('are as old as the time since the last one was applied, never 0', async () => {
    const p = await start()
    await p.sell(sale('a', 1))
    await p.stopWorker()
    await p.sell(sale('a', 2), sale('b', 3))
    await list(p)
    await p.advance(60_000)
    expect((await list(p)).freshness.lagMs).toBe(60_000)
  })
})
