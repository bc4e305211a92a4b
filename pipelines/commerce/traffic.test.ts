import { compileDecoder, isRejected } from '@tidewater/engine-ingest'
import { loadCatalog } from '@tidewater/runtime'
import { describe, expect, it } from 'vitest'
import { type Sent, traffic } from './traffic.ts'

const NOW = Date.UTC(2026, 10, 21, 18)
const products = Array.from({ length: 40 }, (_, i) => ({ productId: `p${i}`, price: `${i}.90` }))

const take = (count: number, seed = 7, rate = 20): Sent[] => {
  const visits = traffic({ seed, now: NOW, rate, products })
  return Array.from({ length: count }, () => visits.next().value)
}

describe('traffic', () => {
  it('is the same for the same seed and another for another', () => {
    expect(take(500)).toEqual(take(500))
    expect(take(500)).not.toEqual(take(500, 8))
  })
  it('comes in the order of sending, at about the rate asked for', () => {
    const day = take(20 * 86_400 * 0.05)
    day.reduce((before, { sendAt }) => {
      expect(sendAt).toBeGreaterThanOrEqual(before)
      return sendAt
    }, 0)
    // Six in the evening is busier than the average of the day.
    const first = day.filter(({ sendAt }) => sendAt < NOW + 600_000 && sendAt > NOW + 120_000).length / 480
    expect(first).toBeGreaterThan(14)
    expect(first).toBeLessThan(34)
  })
  it('consists of valid events: visits that look, search, fill carts and buy what was in them', async () => {
    const catalog = await loadCatalog({ dirs: [] })
    const shopEvent = catalog.events.get('ShopEvent')
    if (shopEvent === undefined) throw new Error('no ShopEvent')
    const decode = compileDecoder(shopEvent)
    const sent = take(20_000)
    const types = new Map<string, number>()
    for (const { event, sendAt } of sent) {
      const row = decode(new TextEncoder().encode(JSON.stringify(event)), sendAt)
      expect(isRejected(row) ? row : null).toBeNull()
      types.set(event.type, (types.get(event.type) ?? 0) + 1)
      if (event.type === 'purchase') expect(Number(event.amount)).toBeGreaterThan(0)
    }
    const share = (type: string): number => (types.get(type) ?? 0) / sent.length
    expect(share('purchase')).toBeGreaterThan(0.01)
    expect(share('purchase')).toBeLessThan(share('add_to_cart'))
    expect(share('add_to_cart')).toBeLessThan(share('click'))
    expect(new Set(sent.map(({ event }) => event.userId)).size).toBeGreaterThan(500)
  })
  it('holds some events up and sends some twice', () => {
    const sent = take(20_000)
    const late = sent.filter(({ event, sendAt }) => sendAt - event.at > 5_000).length
    const twice = sent.length - new Set(sent.map(({ event }) => event.eventId)).size
    for (const count of [late, twice]) {
      expect(count).toBeGreaterThan(60)
      expect(count).toBeLessThan(600)
    }
  })
})
