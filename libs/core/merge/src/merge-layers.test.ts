import type { ByteSink } from '@tidewater/base'
import { compileView } from '@tidewater/plan'
import type { Machine, Row } from '@tidewater/plan'
import fc from 'fast-check'
import { count, distinct, latest, minutes, session, sum, view } from 'tidewater'
import { Sale, catalogOf, viewOf } from 'tidewater/fixture'
import { expect, it } from 'vitest'
import { mergeLayers, mergeStates } from './merge-layers.ts'
import type { Layer, SlicedValue } from './merge-layers.ts'

const ByShop = view('ByShop', {
  from: Sale,
  by: 'shop',
  measure: (e) => ({
    sales: count(),
    revenue: sum(e.amount),
    recent: sum(e.amount).last(minutes(5)),
    sellers: distinct(e.saleId),
    last: latest(e.amount),
    open: session({ gap: minutes(2) }).seconds(),
  }),
})
const machine: Machine = compileView(viewOf(ByShop), catalogOf([Sale, ByShop]))

const START = Date.UTC(2026, 0, 1)
const AS_OF = START + 600_000
const row = fc.record({
  saleId: fc.constantFrom('a', 'b', 'c', 'd'),
  shop: fc.constant('s'),
  at: fc.integer({ min: START, max: AS_OF }),
  amount: fc.integer({ min: -1_000, max: 1_000 }),
})
/** Rows in log order, and generations as the offsets they cut at. */
const log = fc.tuple(
  fc.array(row, { maxLength: 30 }),
  fc.array(fc.nat(30), { minLength: 1, maxLength: 4 }).map((cuts) => [0, ...cuts.sort((a, b) => a - b)]),
)

const stateOf = (rows: readonly (Row & { readonly offset: number })[]) => {
  const state = machine.zero()
  for (const one of rows) machine.add(state, one, 0, one.offset)
  return state
}

/** A stored value: every record in the slice of the highest generation whose cut is at or below its offset. */
const valueOf = (
  rows: readonly (Row & { readonly offset: number })[],
  cuts: readonly number[],
): SlicedValue => {
  const out: ByteSink = { bytes: new Uint8Array(64), length: 0 }
  const slices = cuts.flatMap((cut, slice) => {
    const next = cuts.findIndex((other, n) => n > slice && other > cut)
    const end = next < 0 ? Infinity : (cuts[next] ?? Infinity)
    const isTop = cuts.findLastIndex((other) => other === cut) === slice
    const own = isTop ? rows.filter(({ offset }) => offset >= cut && offset < end) : []
    if (own.length === 0) return []
    const start = out.length
    machine.encode(stateOf(own), out)
    return [{ slice, start, end: out.length }]
  })
  return { bytes: out.bytes, slices }
}

it('batch below a cut and speed slices from it on are everything, whatever the generation', () => {
  fc.assert(
    fc.property(log, fc.nat(10), ([given, cuts], pick) => {
      const rows = given.map((one, offset) => ({ ...one, offset }))
      const generation = pick % cuts.length
      const cut = cuts[generation] ?? 0
      const below = rows.filter(({ offset }) => offset < cut)
      const batch = below.length === 0 ? [] : [stateOf(below)]
      const parts = { batch, speed: [valueOf(rows, cuts)] }
      const answerOf = (layer: Layer) => {
        const state = mergeLayers(machine, parts, layer, generation)
        return state === null ? null : machine.present(state, AS_OF)
      }
      const truth = (some: typeof rows) => (some.length === 0 ? null : machine.present(stateOf(some), AS_OF))
      expect(answerOf('MERGED')).toEqual(truth(rows))
      expect(answerOf('BATCH')).toEqual(truth(below))
      expect(answerOf('SPEED')).toEqual(truth(rows.filter(({ offset }) => offset >= cut)))
    }),
  )
})

it('merging leaves what it is given as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.array(row, { maxLength: 8 }), { maxLength: 5 }), (parts) => {
      let offset = 0
      const states = parts.map((rows) => stateOf(rows.map((one) => ({ ...one, offset: offset++ }))))
      const before = states.map((state) => machine.present(state, AS_OF))
      mergeStates(machine, states)
      expect(states.map((state) => machine.present(state, AS_OF))).toEqual(before)
    }),
  )
})
