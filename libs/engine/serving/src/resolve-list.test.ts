import { afterEach, describe, expect, it } from 'vitest'
import { must } from '@tidewater/base'
import { ALL_WINDOWS } from '@tidewater/ports'
import { START, sale, type Sold } from '@tidewater/testing/shop-catalog'
import { openShop, type Shop } from '@tidewater/testing/served-shop'

let running: Shop | null = null
/** Its sales are of two hours, so it opens at their end. */
const start = async (): Promise<Shop> => {
  running = await openShop()
  running.setClock(START + 3_600_000)
  return running
}
afterEach(async () => {
  await running?.close()
})

interface Page<R> {
  readonly rows: R[]
  readonly rowCount: number
  readonly next: string | null
  readonly total: { sales: number; units: number }
  readonly others: { sales: number; units: number } | null
}
interface Minute {
  readonly start: string
  readonly end: string
  readonly shop: string | null
  readonly country: string | null
  readonly sales: number
  readonly units: number
  readonly previous: { sales: number } | null
}

const SHOPS = ['a', 'b', 'ä', '😀', '\uffee']
/** Deterministic sales over two hours. */
const manySales = (n: number): Sold[] =>
  Array.from({ length: n }, (_, i) =>
    sale(SHOPS[i % 5] ?? '', (i * 37) % 120, '1.25', i % 3 === 0 ? 'DE' : 'FR', (i % 7) - 2),
  )

describe('windows', () => {
  const all = `{ byMinute(first: 10000) { rows { start shop country sales units } total { sales units } others { sales } rowCount } }`
  const layers = `{
    m: byMinute(first: 10000) { rows { start shop country units sales } total { sales units } }
    b: byMinute(first: 10000, layer: BATCH) { total { sales units } }
    s: byMinute(first: 10000, layer: SPEED) { total { sales units } }
  }`

  it('merge a published generation with what came after it', async () => {
    const p = await start()
    const sales = manySales(200)
    await p.sell(...sales.slice(0, 120))
    const empty = await p.ask<Record<'m' | 'b' | 's', Page<Minute>>>(layers)
    expect([empty.b.total.sales, empty.s.total]).toEqual([0, empty.m.total])
    await p.publish()
    await p.sell(...sales.slice(120))
    const { m, b, s } = await p.ask<Record<'m' | 'b' | 's', Page<Minute>>>(layers)
    expect([b.total.sales, s.total.sales, m.total.sales]).toEqual([120, 80, 200])
    expect(b.total.units + s.total.units).toBe(m.total.units)
    const truth = new Map<string, number>()
    for (const { at, shop, country, units } of sales) {
      const key = `${new Date(at).toISOString()} ${shop} ${country}`
      truth.set(key, (truth.get(key) ?? 0) + units)
    }
    const { byMinute } = await p.ask<{ byMinute: Page<Minute> }>(all)
    expect(new Map(byMinute.rows.map((r) => [`${r.start} ${r.shop} ${r.country}`, r.units]))).toEqual(truth)
    expect([byMinute.rowCount, byMinute.others]).toEqual([truth.size, null])
  })

  it('roll up, leave keys out, compare with the range before, and keep the rest as others', async () => {
    const p = await start()
    const sales = manySales(200)
    await p.sell(...sales.slice(0, 150))
    await p.publish()
    await p.sell(...sales.slice(150))
    const query = (
      first: number,
    ): string => `{ byMinute(from: "2026-01-01T12:00:00Z", to: "2026-01-01T13:00:00Z", every: "30m", groupBy: [country], first: ${first}, orderBy: [{ units: DESC }]) {
      rows { start end shop country sales units previous { sales } }
      total { sales units } others { sales units } rowCount } }`
    const { byMinute: two } = await p.ask<{ byMinute: Page<Minute> }>(query(2))
    const { byMinute: four } = await p.ask<{ byMinute: Page<Minute> }>(query(4))
    const group = (from: number, country: string): Sold[] =>
      sales.filter((s) => s.country === country && s.at >= from && s.at < from + 1_800_000)
    expect(four.rows).toHaveLength(4)
    for (const { start: begin, end, shop, country, sales: n, units, previous } of four.rows) {
      const from = Date.parse(begin)
      expect([shop, end]).toEqual([null, new Date(from + 1_800_000).toISOString()])
      expect([n, units]).toEqual([
        group(from, country ?? '').length,
        group(from, country ?? '').reduce((sum, s) => sum + s.units, 0),
      ])
      expect(previous?.sales).toBe(group(from - 3_600_000, country ?? '').length)
    }
    const [first, second, ...rest] = four.rows
    expect(two.rows.map((r) => r.units)).toEqual([first?.units, second?.units])
    expect(two.others).toEqual({
      sales: rest.reduce((sum, r) => sum + r.sales, 0),
      units: rest.reduce((sum, r) => sum + r.units, 0),
    })
    expect(two.total).toEqual(four.total)
  })

  it('filter keys before grouping and measures after', async () => {
    const p = await start()
    await p.sell(sale('a', 1, '1', 'FR', 5), sale('b', 1, '1', 'FR', 1), sale('a', 2, '1', 'DE', 9))
    const { byMinute } = await p.ask<{ byMinute: Page<Minute> }>(
      '{ byMinute(every: "all", groupBy: [shop], where: { country: { in: [FR] }, units: { gt: 1 } }) { rows { start end shop units } total { units } } }',
    )
    expect(byMinute).toMatchObject({ rows: [{ shop: 'a', units: 5 }], total: { units: 5 } })
  })
})

describe('lists of groups', () => {
  it('order by key bytes, page to the end by cursor, and stay on their generation', async () => {
    const p = await start()
    await p.sell(...manySales(50))
    await p.publish()
    const page = async (after: string | null): Promise<Page<{ shop: string }>> =>
      (
        await p.ask<{ byShopList: Page<{ shop: string }> }>(
          `{ byShopList(first: 2, after: ${JSON.stringify(after)}) { rows { shop } rowCount next } }`,
        )
      ).byShopList
    const seen: string[] = []
    let next: string | null = null
    do {
      const { rows, next: more } = await page(next)
      seen.push(...rows.map((row) => row.shop))
      next = more
    } while (next !== null)
    expect(seen).toEqual(['a', 'b', 'ä', '\uffee', '😀'])
    const begun = await page(null)
    await p.publish()
    expect((await page(begun.next)).rows.map((row) => row.shop)).toEqual(['ä', '\uffee'])
  })

  it('take named keys, filters and orders', async () => {
    const p = await start()
    await p.sell(sale('a', 1, '10.50'), sale('b', 2, '3.00'), sale('c', 3, '10.50'), sale('d', 3, '0.01'))
    const list = async (args: string): Promise<string[]> =>
      (
        await p.ask<{ byShopList: Page<{ shop: string }> }>(`{ byShopList(${args}) { rows { shop } } }`)
      ).byShopList.rows.map((row) => row.shop)
    expect(await list('shops: ["c", "a", "nobody"]')).toEqual(['a', 'c'])
    expect(await list('orderBy: [{ revenue: DESC }, { shop: DESC }]')).toEqual(['c', 'a', 'b', 'd'])
    expect(await list('where: { revenue: { gte: "3", lt: "10.501" } }, orderBy: [{ revenue: ASC }]')).toEqual(
      ['b', 'a', 'c'],
    )
    expect(await list('where: { revenue: { gt: "10.499" }, shop: { eq: "c" } }')).toEqual(['c'])
    expect(await list('first: 0')).toEqual([])
  })

  it('answer any view by name, as JSON', async () => {
    const p = await start()
    await p.sell(sale('a', 1, '10.50'), sale('b', 2, '3.00', 'DE'), sale('c', 3, '10.50'))
    const { view } = await p.ask<{ view: Page<object> & { columns: object[] } }>(
      '{ view(name: "ByCountry", orderBy: "revenue", limit: 1) { columns { name type role } rows others total rowCount next } }',
    )
    expect(view.rows).toEqual([{ country: 'FR', sales: 2, revenue: '21.00', shops: 2, prices: [0, 0, 2] }])
    expect(view).toMatchObject({
      others: { sales: 1, revenue: '3.00' },
      total: { sales: 3, revenue: '24.00', shops: 3 },
      rowCount: 2,
    })
    expect(view.columns[0]).toEqual({ name: 'country', type: `oneOf('FR', 'DE')`, role: 'KEY' })
    const one = await p.ask<{ view: Page<object> }>('{ view(name: "ByShop", key: "b") { rows } }')
    expect(one.view.rows).toEqual([{ shop: 'b', sales: 1, revenue: '3.00', recent: 0 }])
  })
})

describe('reading all', () => {
  it('gives every row of every view at one vector per partition', async () => {
    const p = await start()
    await p.sell(...manySales(60))
    await p.publish()
    await p.sell(...manySales(40))
    const shops = await p.during(p.serving.reader.readList('ByShop', ALL_WINDOWS))
    expect(shops.rows.map(({ keys, measures }) => [keys['shop'], measures['sales']])).toHaveLength(5)
    expect(shops.offsets.reduce((sum, { next }) => sum + next, 0)).toBe(100)
    const windows = await p.during(p.serving.reader.readList('ByMinute', ALL_WINDOWS))
    expect(windows.rows.reduce((sum, { measures }) => sum + Number(measures['sales']), 0)).toBe(100)
    expect(windows.rows.every(({ start: begin, end }) => (end ?? 0) - (begin ?? 0) === 60_000)).toBe(true)
  })

  it('gives the windows of a range alone, and what is no range of it changes nothing', async () => {
    const p = await start()
    await p.sell(...manySales(60))
    await p.publish()
    const all = (await p.during(p.serving.reader.readList('ByMinute', ALL_WINDOWS))).rows
    const middle = must(
      [...all].sort((a, b) => (a.start ?? 0) - (b.start ?? 0))[all.length >> 1]?.start,
      'a row',
    )
    const part = { kind: 'windows', from: middle, to: ALL_WINDOWS.to } as const
    const { rows } = await p.during(p.serving.reader.readList('ByMinute', part))
    expect(rows).toEqual(all.filter(({ start }) => (start ?? 0) >= middle))
    expect(rows.length).toBeLessThan(all.length)
  })

  it('asks for keys where each is at home', async () => {
    const p = await start()
    await p.sell(...manySales(60))
    const listed = await p.during(p.serving.reader.readList('ByShop', ALL_WINDOWS))
    for (const { keys, measures } of listed.rows) {
      const answer = await p.during(p.serving.reader.readKeys('ByShop', [keys]))
      expect(answer?.rows.map((row) => row.measures)).toEqual([measures])
      expect(answer?.offsets.length).toBe(1)
    }
    expect(await p.during(p.serving.reader.readKeys('ByMinute', [{ shop: 'a' }]))).toBeNull()
  })
})
