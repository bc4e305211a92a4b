import { must } from '@tidewater/base'
import type { SlotRow } from '@tidewater/plan'
import type { BatchReader } from '@tidewater/ports'
import { GraphQLError } from 'graphql'
import { afterEach, expect, it } from 'vitest'
import type { Serving } from './create-serving.ts'
import { START, sale } from '@tidewater/testing/shop-catalog'
import { openShop, type Shop } from '@tidewater/testing/served-shop'

let p: Shop | null = null
let serving: Serving | null = null
/** What a monotonic clock says to serving, ms. */
let passed = 0
afterEach(async () => {
  await p?.close()
})

const MINUTE = 60_000
const CHUNK = 1_000

interface Warehouse extends BatchReader {
  taken: number
  ended: boolean
}

/** A generation of one sale a minute, for as many minutes up to START as wanted. */
const warehouseOf = (minutes: number, onChunk: () => void): Warehouse => {
  const machine = must(p?.machines.get('ByMinute'), 'ByMinute')
  const state = machine.zero()
  const row = { saleId: 's', shop: 'a', country: 'FR', at: 0, units: 2, price: 100 }
  machine.add(state, row, 0, 0)
  const [slot] = machine.slotsOf(state, { partition: 0, bucket: 0, keys: ['a', 'FR'] })
  const rowOf = (minute: number): SlotRow => ({
    ...(slot as SlotRow),
    bucket: START - (minutes - minute) * MINUTE,
  })
  const warehouse: Warehouse = {
    taken: 0,
    ended: false,
    slots: async function* () {
      try {
        for (let from = 0; from < minutes; from += CHUNK) {
          warehouse.taken += CHUNK
          onChunk()
          yield await Promise.resolve(
            Array.from({ length: Math.min(CHUNK, minutes - from) }, (_, i) => rowOf(from + i)),
          )
        }
      } finally {
        warehouse.ended = true
      }
    },
    history: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  }
  return warehouse
}

const ask = async <T>(
  minutes: number,
  source: string,
  onChunk: () => void = () => undefined,
): Promise<{ answer: T; warehouse: Warehouse }> => {
  p = await openShop()
  await p.sell(sale('a', 0))
  await p.publish()
  const warehouse = warehouseOf(minutes, onChunk)
  const clock = { ...p.clock, elapsed: () => passed }
  serving = await p.startServing({ batch: warehouse, clock })
  const { byMinute } = await p.ask<{ byMinute: T }>(source, serving)
  return { answer: byMinute, warehouse }
}

it('a list without from takes no more windows than it shows', async () => {
  const { answer, warehouse } = await ask<object>(
    3_000_000,
    '{ byMinute(first: 2) { rows { start units } next } }',
  )
  const startOf = (minute: number): string => new Date(START - (3_000_000 - minute) * MINUTE).toISOString()
  expect(answer).toMatchObject({
    rows: [
      { start: startOf(0), units: 2 },
      { start: startOf(1), units: 2 },
    ],
    next: expect.any(String) as string,
  })
  expect([warehouse.taken <= 3 * CHUNK, warehouse.ended]).toEqual([true, true])
})

it('what is asked of all windows passes through, and only the page is held', async () => {
  const { answer } = await ask<object>(
    150_000,
    '{ byMinute(first: 1, orderBy: [{ start: DESC }]) { rows { start } rowCount total { sales units } others { units } } }',
  )
  expect(answer).toEqual({
    rows: [{ start: new Date(START - MINUTE).toISOString() }],
    rowCount: 150_000,
    total: { sales: 150_000, units: 300_000 },
    others: { units: 299_998 },
  })
})

it('windows joined to longer ones are one row each, whatever their number', async () => {
  const { answer } = await ask<object>(
    60_000,
    '{ byMinute(every: "all", groupBy: [shop]) { rows { shop sales units } rowCount } }',
  )
  expect(answer).toEqual({ rows: [{ shop: 'a', sales: 60_000, units: 120_000 }], rowCount: 1 })
})

it('a list that takes too long is ended with a cure', async () => {
  const asked = ask(3_000_000, '{ byMinute { rowCount } }', () => (passed += 100))
  const error: unknown = await asked.catch((e: unknown) => e)
  expect(error).toBeInstanceOf(GraphQLError)
  expect((error as GraphQLError).extensions).toMatchObject({
    code: 'TOO_COSTLY',
    cure: expect.stringContaining('a shorter range, or use SQL: SELECT * FROM tidewater.by_minute') as string,
  })
})

it('rows of the range before, which must be held, are bounded', async () => {
  const end = new Date(START + 250_000 * MINUTE).toISOString()
  const from = new Date(START).toISOString()
  const asked = ask(250_000, `{ byMinute(from: "${from}", to: "${end}") { rows { previous { sales } } } }`)
  await expect(asked).rejects.toThrow('ByMinute has more rows at a time than one answer may hold')
})
