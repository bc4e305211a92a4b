import { must, partitionFor } from '@tidewater/base'
import { afterEach, expect, test } from 'vitest'
import { openShop, type Shop } from '@tidewater/testing/served-shop'
import { PARTITIONS, sale, START } from '@tidewater/testing/shop-catalog'

let running: Shop | null = null
const start = async (): Promise<Shop> => (running = await openShop())
afterEach(async () => {
  await running?.close()
})

interface Page {
  readonly rows: readonly { readonly shop: string; readonly recent: number }[]
  readonly next: string | null
  readonly freshness: { readonly asOf: string; readonly watermark: string | null }
}
const page = async (p: Shop, args: string): Promise<Page> =>
  (
    await p.ask<{ byShopList: Page }>(
      `{ byShopList(${args}) { rows { shop recent } next freshness { asOf watermark } } }`,
    )
  ).byShopList
const homeOf = (shop: string): number => partitionFor(shop, PARTITIONS)
const codeOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => 'answered',
    (error: { extensions?: { code: string } }) => error.extensions?.code,
  )

test('all pages of a list are of one moment, and each row is on one of them', async () => {
  const p = await start()
  await p.sell(sale('a', 59), sale('b', 59), sale('c', 59))
  const first = await page(p, 'first: 2')
  p.setClock(START + 3_600_000)
  const second = await page(p, `first: 2, after: ${JSON.stringify(first.next)}`)
  expect([...first.rows, ...second.rows]).toEqual(['a', 'b', 'c'].map((shop) => ({ shop, recent: 1 })))
  expect([second.next, second.freshness.asOf]).toEqual([null, first.freshness.asOf])
})

test('a page of a generation that is retired is refused: no list is of two generations', async () => {
  const p = await start()
  await p.sell(sale('a', 51), sale('b', 52))
  await p.publish()
  const { next } = await page(p, 'first: 1')
  await p.sell(sale('aa', 53))
  await p.publish()
  expect(await codeOf(page(p, `first: 1, after: ${JSON.stringify(next)}`))).toBe('CURSOR_EXPIRED')
})

test('the watermark is the slowest partition’s: of the others something older may come', async () => {
  const p = await start()
  const other = must(
    ['b', 'c', 'd', 'e', 'f'].find((shop) => homeOf(shop) !== homeOf('a')),
    'a shop at home elsewhere',
  )
  const [early, late] = [sale('a', 10), sale(other, 50)]
  await p.sell(early, late)
  const { rows, freshness } = await page(p, 'first: 9')
  expect(rows).toHaveLength(2)
  // lateness is 10 minutes where an event says nothing
  expect(freshness.watermark).toBe(new Date(early.at - 600_000).toISOString())
})

test('a range without length is refused, and up to the newest event that event is in it', async () => {
  const p = await start()
  const sold = sale('a', 51)
  await p.sell(sold)
  const at = new Date(sold.at).toISOString()
  const minutes = (to: string) =>
    p.ask<{ byMinute: { rows: readonly { readonly sales: number }[] } }>(
      `{ byMinute(from: "${at}", to: "${to}") { rows { sales } } }`,
    )
  expect(await codeOf(minutes(at))).toBe('BAD_INPUT')
  expect((await minutes('stream')).byMinute.rows).toEqual([{ sales: 1 }])
})

test('a key is never called unseen while its partition is behind the archive', async () => {
  const p = await start()
  const empty = p.store.snapshot()
  await p.sell(sale('a', 51))
  await p.archive()
  await p.stopWorker()
  p.store.restore(empty)
  expect(await codeOf(p.ask('{ byShop(shop: "a") { sales } }'))).toBe('NOT_READY')
})
