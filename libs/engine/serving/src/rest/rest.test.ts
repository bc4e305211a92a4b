import type { HttpAnswer, HttpRequest } from '@tidewater/ports'
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterEach, describe, expect, it } from 'vitest'
import { sale } from '@tidewater/testing/shop-catalog'
import { openShop, type Shop } from '@tidewater/testing/served-shop'

let running: Shop | null = null
const start = async (): Promise<Shop> => (running = await openShop())
afterEach(async () => {
  await running?.close()
  running = null
})

const request = (params: Record<string, string>, query = ''): HttpRequest => ({
  ...{ method: 'GET', path: '', headers: {}, body: new Uint8Array() },
  ...{ params, query: new URLSearchParams(query) },
})

const get = async (p: Shop, view: string, key: string, query = ''): Promise<HttpAnswer> => {
  const route = p.serving.routes.find(({ path }) => path === '/v1/views/:view/:key')
  const answering = Promise.resolve(route?.handle(request({ view, key }, query)))
  return (await p.during(answering)) as HttpAnswer
}

describe('GET /v1/views/:view/:key', () => {
  it('is the row that GraphQL answers, batch ⊕ speed and its freshness', async () => {
    const p = await start()
    await p.sell(sale('a', 1, '0.99'), sale('a', 2, '1.01'))
    await p.publish()
    await p.sell(sale('a', 3, '10.00'))
    const { status, body } = await get(p, 'ByShop', 'a')
    const asked = `{
      byShop(shop: "a") {
        shop sales revenue recent
        freshness {
          asOf generation builtAt cut { topic partition next } offsets { topic partition next }
          watermark lagMs degraded
        }
      }
    }`
    expect(status).toBe(200)
    expect(body).toEqual((await p.ask<Record<string, unknown>>(asked))['byShop'])
    expect(body).toMatchObject({ shop: 'a', sales: 3, revenue: '12.00' })
    expect((await get(p, 'ByShop', 'a', 'layer=batch')).body).toMatchObject({ sales: 2, revenue: '2.00' })
    expect((await get(p, 'ByShop', 'a', 'layer=speed')).body).toMatchObject({ sales: 1, revenue: '10.00' })
  })

  it('is 404 for a key that was never seen, and a sentence for a question that makes no sense', async () => {
    const p = await start()
    await p.sell(sale('a', 1))
    expect(await get(p, 'ByShop', 'nobody')).toMatchObject({
      status: 404,
      body: { error: { message: "ByShop has no row of 'nobody': never seen" } },
    })
    await expect(get(p, 'ByShp', 'a')).rejects.toThrow("no view 'ByShp'")
    await expect(get(p, 'ByMinute', 'a')).rejects.toThrow('ByMinute has no row that one key names')
    await expect(get(p, 'ByShop', 'a', 'layer=all')).rejects.toThrow("'all' is no layer")
    await expect(get(p, 'ByShop', 'a', 'asOf=soon')).rejects.toThrow('soon')
  })
})

describe('/openapi.json', () => {
  it('is valid OpenAPI 3.1 and has every view of one key and the door of every event', async () => {
    const p = await start()
    const route = p.serving.routes.find(({ path }) => path === '/openapi.json')
    const { body } = (await route?.handle(request({}))) as HttpAnswer
    const validator = new Validator()
    expect(await validator.validate(structuredClone(body) as Record<string, unknown>)).toEqual({
      valid: true,
    })
    expect(validator.version).toBe('3.1')
    const { paths, components } = body as {
      paths: object
      components: { schemas: Record<string, { properties: object; required: string[] }> }
    }
    expect(Object.keys(paths)).toEqual([
      '/v1/views/ByShop/{shop}',
      '/v1/views/ByCountry/{country}',
      '/v1/views/Recent/{shop}',
      '/events/Sale',
    ])
    expect(components.schemas['ByShop']?.properties).toMatchObject({
      shop: { type: 'string' },
      sales: { type: 'integer' },
      revenue: { type: 'string', pattern: '^-?\\d+(\\.\\d+)?$' },
    })
    expect(components.schemas['SaleSent']?.required).toEqual([
      'saleId',
      'shop',
      'country',
      'at',
      'units',
      'price',
    ])
  })
})
