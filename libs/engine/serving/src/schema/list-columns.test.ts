import { afterEach, describe, expect, it } from 'vitest'
import { catalog, sale } from '@tidewater/testing/shop-catalog'
import { openShop, type Shop } from '@tidewater/testing/served-shop'
import { viewAccess } from '../view-access.ts'
import { schemaSdl } from './build-schema.ts'

let running: Shop | null = null
const start = async (): Promise<Shop> => (running = await openShop())
afterEach(async () => {
  await running?.close()
  running = null
})

describe('a measure that is a list', () => {
  it('is a list in the schema, which no filter and no order knows', () => {
    const views = new Map([...catalog.views].map(([name, view]) => [name, viewAccess(view, catalog)]))
    const sdl = schemaSdl(views, catalog)
    expect(sdl).toMatch(/"How many values lie below the first edge, .*"\s+prices: \[Long!\]!\s/)
    expect(/input ByCountryWhere \{ (.*) \}/.exec(sdl)?.[1]).not.toContain('prices')
    expect(/input ByCountryOrder @oneOf \{ (.*) \}/.exec(sdl)?.[1]).not.toContain('prices')
  })
  it('is batch ⊕ speed, item by item', async () => {
    const p = await start()
    await p.sell(sale('a', 1, '0.99'), sale('b', 2, '1.00'))
    await p.publish()
    await p.sell(sale('a', 3, '10.49'), sale('a', 4, '10.50'), sale('a', 5, '99.00'))
    const answer = await p.ask<Record<string, { rows: unknown[] }>>(`{
      merged: byCountryList { rows { prices } }
      batch: byCountryList(layer: BATCH) { rows { prices } }
      generic: view(name: "ByCountry") { rows }
    }`)
    expect(answer['merged']?.rows).toEqual([{ prices: [1, 2, 2] }])
    expect(answer['batch']?.rows).toEqual([{ prices: [1, 1, 0] }])
    expect(answer['generic']?.rows).toMatchObject([{ prices: [1, 2, 2] }])
  })
  it('has no order and no filter for tools either', async () => {
    const p = await start()
    const refusal = async (more: string): Promise<string> =>
      JSON.stringify(await p.ask(`{ view(name: "ByCountry", ${more}) { rows } }`).catch(String))
    expect(await refusal('orderBy: "prices"')).toContain("'prices' is a list")
    expect(await refusal('where: {prices: {eq: 3}}')).toContain('where.prices is a list')
  })
})
