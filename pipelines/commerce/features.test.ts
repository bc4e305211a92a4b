// The eight features of a visitor against a naive reading of their definition.
import { compileDecoder } from '@tidewater/engine-ingest'
import { compileView } from '@tidewater/plan'
import type { Row } from '@tidewater/plan'
import { loadCatalog } from '@tidewater/runtime'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const catalog = await loadCatalog({ dirs: [] })
const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const START = Date.UTC(2026, 10, 20, 9)
const TYPES = ['page_view', 'click', 'search', 'add_to_cart', 'purchase'] as const
const WEIGHTS = { page_view: 1, click: 3, search: 2, add_to_cart: 7, purchase: 10 }

interface Visit {
  readonly at: number
  readonly type: (typeof TYPES)[number]
}

const machineOf = (name: string) => {
  const view = catalog.views.get(name)
  if (view === undefined) throw new Error(`no view ${name}`)
  return compileView(view, catalog)
}

const naive = (visits: readonly Visit[], asOf: number) => {
  const tile = (at: number, hop: number): number => Math.floor(at / hop) * hop
  const within = (hop: number, from: number, to: number): readonly Visit[] =>
    visits.filter(({ at }) => {
      const back = tile(asOf, hop) - tile(at, hop)
      return back >= from && back < to
    })
  const minute = within(SECOND, 0, MINUTE)
  const recent = within(5 * SECOND, 0, 7.5 * MINUTE).length
  const earlier = within(5 * SECOND, 7.5 * MINUTE, 15 * MINUTE).length
  const hour = within(MINUTE, 0, HOUR).length
  const sorted = [...visits].sort((a, b) => a.at - b.at)
  const first = sorted[0]?.at ?? asOf
  const last = sorted.at(-1)?.at ?? asOf
  const usual = asOf === first ? null : visits.length / ((asOf - first) / HOUR)
  const open = sorted.findLastIndex((v, i) => i === 0 || v.at - (sorted[i - 1]?.at ?? 0) > 30 * MINUTE)
  const score = within(5 * SECOND, 0, 5 * MINUTE).reduce((sum, v) => sum + WEIGHTS[v.type], 0) / 10
  return {
    eventCountRealtime: visits.length,
    eventVelocity: minute.length,
    clickRate1m: minute.length === 0 ? 0 : minute.filter((v) => v.type === 'click').length / minute.length,
    conversionScore: Math.min(score / 10, 1),
    sessionDuration: asOf - last > 30 * MINUTE ? 0 : (last - (sorted[open]?.at ?? last)) / SECOND,
    engagementTrend:
      earlier === 0 || recent + earlier < 10 ? null : Math.max(-1, Math.min(1, (recent - earlier) / earlier)),
    anomalyScore: visits.length < 5 || usual === null ? null : Math.abs(hour - usual) / Math.max(hour, usual),
    lastEventType: visits.findLast((v) => v.at === last)?.type ?? null,
  }
}

test('user features are what they say, however many events and whenever asked', () => {
  const machine = machineOf('UserActivity')
  const visit = fc.record({ at: fc.integer({ min: 0, max: 2 * HOUR }), type: fc.constantFrom(...TYPES) })
  const near = fc.record({
    at: fc.integer({ min: 110 * MINUTE, max: 2 * HOUR }),
    type: fc.constantFrom(...TYPES),
  })
  const visits = fc.array(fc.oneof(visit, near), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(visits, fc.integer({ min: 0, max: 50 * MINUTE }), (relative, later) => {
      const events = relative.map(({ at, type }) => ({ at: START + at, type }))
      const state = machine.zero()
      const blank = { eventId: '', userId: 'u', sessionId: null, productId: null, amount: null }
      events.forEach((event, offset) => machine.add(state, { ...blank, ...event }, 0, offset))
      const asOf = Math.max(...events.map(({ at }) => at)) + later
      const expected = naive(events, asOf)
      const got = machine.present(state, asOf)
      for (const [name, value] of Object.entries(expected)) {
        if (typeof value === 'number') expect(got?.[name], name).toBeCloseTo(value, 9)
        else expect(got?.[name], name).toBe(value)
      }
      expect(machine.present(state, asOf + HOUR + 1 - later)).toBeNull()
    }),
    { numRuns: 300 },
  )
})

const example = (file: string, event: string): readonly Row[] => {
  const definition = catalog.events.get(event)
  if (definition === undefined) throw new Error(`no event ${event}`)
  const decode = compileDecoder(definition)
  const lines = readFileSync(new URL(file, import.meta.url), 'utf8')
    .trim()
    .split('\n')
  return lines.map((line) => {
    const row = decode(new TextEncoder().encode(line), Date.UTC(2026, 11, 1))
    if ('reasons' in row) throw new Error(JSON.stringify(row))
    return row as Row
  })
}

test('every example event is valid, and products are known', () => {
  const products = catalog.contents.get('Product')?.rows
  for (const row of example('shop-event.example.jsonl', 'ShopEvent')) {
    if (row['productId'] !== null) expect(products?.has(String(row['productId']))).toBe(true)
  }
})

test('sales by category come from the product looked up', () => {
  const machine = machineOf('SalesByCategory')
  const buy = (productId: string | null): Row => ({
    eventId: 'e',
    userId: 'u',
    sessionId: null,
    at: START,
    type: 'purchase',
    productId,
    amount: 950,
  })
  const category = (productId: string | null) => {
    const key = machine.keyOf(buy(productId))
    return key === null ? null : machine.presentKeys(key)
  }
  expect(category('p001')).toEqual({ category: 'kitchen' })
  expect(category('p999')).toEqual({ category: 'unknown' })
  expect(category(null)).toEqual({ category: 'unknown' })
  expect(machine.keyOf({ ...buy('p001'), type: 'click' })).toBeNull()
  expect(machineOf('SalesByProduct').why(buy(null))).toBe('keyless')
})

test('retail lines add up to the last digit', () => {
  const machine = machineOf('RevenueByCountry')
  const totals = new Map<string, ReturnType<typeof machine.zero>>()
  example('../retail/retail-sale.example.jsonl', 'RetailSale').forEach((row, offset) => {
    const key = machine.keyOf(row)
    if (key === null) return
    const state = totals.get(key) ?? machine.zero()
    machine.add(state, row, 0, offset)
    totals.set(key, state)
  })
  const answers = [...totals].map(([key, state]) => ({
    ...machine.presentKeys(key),
    ...machine.present(state, 0),
  }))
  expect(answers).toEqual([
    // 6 × 2.550 + 6 × 3.390 − 27.500 + 56 × 0 + 2.510
    { country: 'United Kingdom', revenue: 10_650, units: 68, lines: 5 },
    { country: 'France', revenue: 180_000, units: 48, lines: 2 },
  ])
})
