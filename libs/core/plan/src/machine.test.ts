import type { ByteSink } from '@tidewater/base'
import {
  count,
  distinct,
  event,
  hours,
  id,
  instant,
  latest,
  minutes,
  session,
  sum,
  tumbling,
  view,
} from 'tidewater'
import { Item, Sale, catalogOf, viewOf } from 'tidewater/fixture'
import { describe, expect, it } from 'vitest'
import { compileView } from './machine.ts'
import type { Machine, Row, State } from './machine-types.ts'

/** The same event once `itemId` is required. */
const Later = event('Later', { fields: { shop: id(), itemId: id(), at: instant() }, key: 'shop', time: 'at' })
const ITEMS = new Map([
  ['tea', { itemId: 'tea', category: 'drink' }],
  ['rope', { itemId: 'rope', category: null }],
])

const compiled = (made: unknown): Machine =>
  compileView(viewOf(made), catalogOf([Sale, Later, Item, made], { rows: ITEMS }))

const NOON = Date.UTC(2024, 4, 1, 12)
const HOUR = 3_600_000
const row = (after: number, more: Row = {}): Row => ({
  shop: 's',
  itemId: null,
  amount: 0,
  at: NOON + after,
  ...more,
})

const stateOf = (machine: Machine, rows: readonly Row[]): State => {
  const state = machine.zero()
  rows.forEach((one, offset) => machine.add(state, one, 0, offset))
  return state
}

const encoded = (machine: Machine, state: State): Uint8Array => {
  const sink: ByteSink = { bytes: new Uint8Array(0), length: 0 }
  machine.encode(state, sink)
  return sink.bytes.slice(0, sink.length)
}

describe('a machine', () => {
  const windows = compiled(
    view('V', {
      from: Sale,
      by: 'shop',
      expires: hours(1),
      measure: (e) => ({
        all: count(),
        recent: sum(e.amount).last(minutes(5)),
        earlier: count().previous(minutes(5)),
        open: session({ gap: minutes(30) }).seconds(),
        last: latest(e.itemId),
      }),
    }),
  )

  it('answers at an instant: tiles after it are left out, totals take every row', () => {
    const state = stateOf(windows, [
      row(0, { amount: 150 }),
      row(6 * 60_000, { amount: 25, itemId: 'tea' }),
      row(7 * 60_000, { amount: 1_000 }),
    ])
    expect(windows.present(state, NOON + 6 * 60_000 + 4_999)).toEqual({
      all: 3,
      recent: 25,
      earlier: 1,
      open: 420,
      last: 'tea',
    })
    expect(windows.present(state, NOON + 7 * 60_000)).toEqual({
      all: 3,
      recent: 1_025,
      earlier: 1,
      open: 420,
      last: 'tea',
    })
  })

  it('has no row for a key silent for longer than expires', () => {
    const state = stateOf(windows, [row(0)])
    expect(windows.present(state, NOON + HOUR)).not.toBeNull()
    expect(windows.present(state, NOON + HOUR + 1)).toBeNull()
    expect(windows.present(windows.zero(), NOON)).toBeNull()
  })

  it('trims tiles no answer of the last hour needs, and nothing else', () => {
    const state = stateOf(windows, [row(0), row(2 * HOUR), row(5 * HOUR)])
    const size = encoded(windows, state).length
    windows.trim(state, NOON + 5 * HOUR)
    expect(encoded(windows, state).length).toBeLessThan(size)
    const tiles = windows
      .slotsOf(state, { partition: 0, bucket: 0, keys: ['s'] })
      .filter(({ grain }) => windows.layout.grains[grain]?.kind === 'tile')
    expect(tiles.map(({ tile }) => tile - NOON)).toEqual([5 * HOUR])
    expect(windows.present(state, NOON + 5 * HOUR)?.['all']).toBe(3)
  })

  it('refuses bytes that are longer or shorter than its state', () => {
    const bytes = encoded(windows, stateOf(windows, [row(0, { itemId: 'tea' })]))
    const longer = Uint8Array.of(...bytes, 0)
    expect(() => windows.decode(longer, 0, longer.length)).toThrow('state of V')
    expect(() => windows.decode(bytes, 0, bytes.length - 1)).toThrow('state of V')
  })

  it('says which measures are incomplete: too many values, too many sessions', () => {
    const machine = compiled(
      view('V', {
        from: Sale,
        by: 'shop',
        measure: (e) => ({
          items: distinct(e.itemId, { atMost: 2 }),
          recentItems: distinct(e.itemId, { atMost: 2 }).last(minutes(1)),
          sales: session({ gap: minutes(1) }).events(),
          n: count(),
        }),
      }),
    )
    const few = stateOf(machine, [row(0, { itemId: 'a' }), row(1, { itemId: 'b' }), row(2, { itemId: 'a' })])
    expect(machine.degraded(few, NOON)).toEqual([])
    expect(machine.present(few, NOON)).toEqual({ items: 2, recentItems: 2, sales: 3, n: 3 })
    const many = stateOf(machine, [row(0, { itemId: 'a' }), row(1, { itemId: 'b' }), row(2, { itemId: 'c' })])
    expect(machine.degraded(many, NOON)).toEqual(['distinct:items', 'distinct:recentItems'])
    expect(machine.degraded(many, NOON + HOUR)).toEqual(['distinct:items'])
    expect(machine.present(many, NOON)).toEqual({ items: null, recentItems: null, sales: 3, n: 3 })
    const visits = stateOf(
      machine,
      Array.from({ length: 1_001 }, (_, n) => row(n * 120_000)),
    )
    expect(machine.degraded(visits)).toEqual(['session:sales'])
  })

  it('binds lookups in keys when read; a group without a looked-up key is not shown', () => {
    const machine = compiled(
      view('V', {
        from: Sale,
        by: (e) => ({ item: e.itemId.orSkip(), group: Item.of(e.itemId).category.orElse('none') }),
        measure: () => ({ n: count() }),
      }),
    )
    expect(machine.keyOf(row(0, { itemId: 'tea' }))).toBe('tea')
    expect([machine.keyOf(row(0)), machine.why(row(0))]).toEqual([null, 'keyless'])
    expect(machine.presentKeys('tea')).toEqual({ item: 'tea', group: 'drink' })
    expect(machine.presentKeys('rope')).toEqual({ item: 'rope', group: 'none' })
    const skipped = compiled(
      view('W', {
        from: Sale,
        by: (e) => ({ group: Item.of(e.itemId).category.orSkip() }),
        measure: () => ({ n: count() }),
      }),
    )
    expect(skipped.keyOf(row(0))).toBe('[null]')
    expect(skipped.presentKeys('["tea"]')).toEqual({ group: 'drink' })
    expect(skipped.presentKeys('[null]')).toEqual({ group: null })
  })

  it('a row from before a field was required has no key by it', () => {
    for (const by of [['itemId'], ['itemId', 'shop']] as const) {
      const machine = compiled(view('V', { from: Later, by: [...by], measure: () => ({ n: count() }) }))
      expect([machine.keyOf(row(0)), machine.why(row(0))]).toEqual([null, 'keyless'])
    }
  })

  it('has a bucket per window, and one for a view without', () => {
    const machine = compiled(
      view('V', { from: Sale, window: tumbling('month'), measure: () => ({ n: count() }) }),
    )
    expect(machine.bucketOf(row(0))).toBe(Date.UTC(2024, 4, 1))
    expect(machine.bucketEnd(Date.UTC(2024, 4, 1))).toBe(Date.UTC(2024, 5, 1))
    expect(machine.keyOf(row(0))).toBe('')
    expect(windows.bucketOf(row(0))).toBe(0)
  })
  it('names its generated code in stack traces by view and part', () => {
    const broken = Object.defineProperty({ ...row(0) }, 'at', {
      get: () => {
        throw new Error('no time')
      },
    })
    const told = (): string => {
      try {
        windows.add(windows.zero(), broken as Row, 0, 0)
        return 'nothing thrown'
      } catch (error) {
        return String((error as Error).stack)
      }
    }
    expect(told()).toContain('tidewater/V.add.js')
  })
})
