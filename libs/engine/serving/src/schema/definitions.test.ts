import type { ReconcileNote } from '@tidewater/ports'
import { afterEach, expect, test } from 'vitest'
import { openShop, type Shop } from '@tidewater/testing/served-shop'

let running: Shop | null = null
const start = async (): Promise<Shop> => (running = await openShop())
afterEach(async () => {
  await running?.close()
  running = null
})

interface Defined {
  readonly name: string
  readonly columns: readonly unknown[]
}

test('every definition can be asked for, in the words it was written in', async () => {
  const p = await start()
  const { definitions } = await p.ask<{ definitions: readonly Defined[] }>(`{
    definitions {
      name doc event topic through window every expires fields table
      columns { name role type missing definition }
    }
  }`)
  expect(definitions.map(({ name }) => name)).toEqual(['ByShop', 'ByCountry', 'ByMinute', 'Recent'])
  expect(definitions[0]).toMatchObject({
    doc: 'What a shop sold.',
    event: 'Sale',
    topic: 'event.sale',
    through: [],
    window: null,
    fields: ['byShop', 'byShopList'],
    table: 'by_shop',
  })
  expect(definitions[0]?.columns.slice(0, 2)).toEqual([
    { name: 'shop', role: 'KEY', type: 'id', missing: false, definition: 'shop' },
    { name: 'sales', role: 'MEASURE', type: 'int', missing: false, definition: 'count()' },
  ])
  expect(definitions[2]).toMatchObject({ window: 'tumbling 1 min', every: '1m', expires: null })
  expect(definitions[3]).toMatchObject({ through: ['SoldAt'], window: null, every: null, expires: '1 h' })
})

test('a definition shows what it is compiled to and what both engines run', async () => {
  const p = await start()
  interface Printed {
    readonly definition: {
      readonly javascript: readonly string[]
      readonly sql: readonly { readonly engine: string; readonly state: string; readonly answer: string }[]
    } | null
  }
  const ask = (view: string) =>
    p.ask<Printed>(`{ definition(view: "${view}") { javascript sql { engine state answer } } }`)
  const { definition } = await ask('ByShop')
  expect(definition?.javascript.some((part) => part.startsWith('// add\n'))).toBe(true)
  expect(definition?.sql.map(({ engine }) => engine)).toEqual(['duckdb', 'clickhouse'])
  expect(definition?.sql.every(({ state }) => state.includes('raw_sale'))).toBe(true)
  expect(await ask('Nothing')).toEqual({ definition: null })
})

test('a generation says what was found when it was read back, and null before', async () => {
  const p = await start()
  await p.publish()
  const [generation] = await p.during(p.lake.generations())
  const notes = new Map<string, ReconcileNote>()
  p.lake.reconcileNotes = async () => notes
  const asked = `{ generations { number reconciled { at checked mismatched } } }`
  expect(await p.ask(asked)).toEqual({ generations: [{ number: 1, reconciled: null }] })
  notes.set(generation?.id ?? '', { checked: 12, mismatched: 0, at: Date.UTC(2026, 0, 1, 12) })
  expect(await p.ask(asked)).toEqual({
    generations: [{ number: 1, reconciled: { at: '2026-01-01T12:00:00.000Z', checked: 12, mismatched: 0 } }],
  })
})
