import { compileView } from '@tidewater/plan'
import type { Machine } from '@tidewater/plan'
import { bucketsOf } from '@tidewater/windows'
import fc from 'fast-check'
import { count, mean, minutes, sum, tumbling, view } from 'tidewater'
import { Item, Sale, catalogOf, viewOf } from 'tidewater/fixture'
import { expect, it } from 'vitest'
import type { Value } from '@tidewater/expr'
import { createListing } from './list-rows.ts'
import type { Listed, ListQuery } from './list-rows.ts'
import type { OrderTerm } from './order.ts'
import { createRegrouper, regroup } from './regroup.ts'
import type { Regrouping, StateGroup } from './regroup.ts'

const ByMinute = view('ByMinute', {
  from: Sale,
  by: ['shop', 'country'],
  window: tumbling(minutes(1)),
  measure: (e) => ({ sales: count(), revenue: sum(e.amount), weight: mean(e.weight) }),
})
const machine: Machine = compileView(viewOf(ByMinute), catalogOf([Sale, ByMinute]))

interface Sold {
  readonly shop: string
  readonly country: string
  readonly at: number
  readonly amount: number
  readonly weight: number | null
}
const MINUTE = 60_000
const sold = fc.record({
  shop: fc.constantFrom('a', 'b', 'ä', '😀', '\uffee'),
  country: fc.constantFrom('FR', 'DE', ''),
  at: fc.integer({ min: -30 * MINUTE, max: 30 * MINUTE }),
  amount: fc.integer({ min: -50, max: 50 }),
  weight: fc.option(fc.integer({ min: 0, max: 8 })),
})

/** Stored groups of one partition each, so the same group comes in several parts. */
const stored = (sales: readonly Sold[]): StateGroup[] => {
  const groups = new Map<string, StateGroup>()
  sales.forEach((sale, offset) => {
    const row = { ...sale }
    const key = machine.keyOf(row) ?? ''
    const bucket = machine.bucketOf(row)
    const id = `${offset % 2} ${bucket} ${key}`
    const group = groups.get(id) ?? { bucket, key, state: machine.zero() }
    machine.add(group.state, row, offset % 2, offset)
    groups.set(id, group)
  })
  return [...groups.values()]
}

interface Plain {
  readonly start: number
  readonly shop: string | null
  readonly country: string | null
  readonly sales: number
  readonly revenue: number
  readonly weight: number | null
}

/** The answer from the sales themselves, as one would write it in a spreadsheet. */
const naive = (sales: readonly Sold[], every: number, keep: readonly string[]): Plain[] => {
  const found = new Map<string, Sold[]>()
  for (const sale of sales) {
    const start = Math.floor(sale.at / every) * every
    const name = JSON.stringify([
      start,
      keep.includes('shop') ? sale.shop : null,
      keep.includes('country') ? sale.country : null,
    ])
    found.set(name, [...(found.get(name) ?? []), sale])
  }
  return [...found].map(([name, own]) => {
    const [start, shop, country] = JSON.parse(name) as [number, string | null, string | null]
    const weights = own.flatMap(({ weight }) => weight ?? [])
    const weight = weights.length === 0 ? null : weights.reduce((a, b) => a + b, 0) / weights.length
    return {
      start,
      shop,
      country,
      sales: own.length,
      revenue: own.reduce((total, { amount }) => total + amount, 0),
      weight,
    }
  })
}

const bytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))
const naiveOrder =
  (terms: readonly OrderTerm[]) =>
  (a: Plain, b: Plain): number => {
    for (const { column, direction } of terms) {
      const [x, y] = [a[column as keyof Plain], b[column as keyof Plain]]
      if (x === y) continue
      if (x === null || y === null) return x === null ? 1 : -1
      const order = typeof x === 'string' ? bytes(x, y as string) : x < Number(y) ? -1 : 1
      return direction === 'ASC' ? order : -order
    }
    return (
      a.start - b.start || bytes(JSON.stringify([a.shop, a.country]), JSON.stringify([b.shop, b.country]))
    )
  }

const term = fc.record({
  column: fc.constantFrom('start', 'shop', 'country', 'sales', 'revenue', 'weight'),
  direction: fc.constantFrom('ASC' as const, 'DESC' as const),
})
const question = fc.record({
  sales: fc.array(sold, { maxLength: 40 }),
  every: fc.constantFrom(1, 5, 30),
  keep: fc.subarray(['shop', 'country']),
  order: fc.array(term, { maxLength: 2 }),
  first: fc.integer({ min: 1, max: 8 }),
  least: fc.option(fc.integer({ min: -60, max: 60 }), { nil: null }),
  shops: fc.option(fc.subarray(['a', 'b', 'ä', '😀']), { nil: null }),
})

/** Window by window, as they come from a warehouse, until nothing can change any more. */
const list = (groups: readonly StateGroup[], how: Regrouping, query: ListQuery): Listed => {
  const [regrouper, listing] = [createRegrouper(machine, how), createListing(machine, query)]
  for (const group of [...groups].sort((a, b) => a.bucket - b.bucket)) {
    listing.add(regrouper.takeBefore(group.bucket))
    if (listing.isFull) break
    regrouper.add([group])
  }
  listing.add(regrouper.takeAll())
  return listing.listed()
}

const plain = ({
  start,
  keys,
  measures,
}: {
  start: number | null
  keys: Readonly<Record<string, Value>>
  measures: Readonly<Record<string, Value>>
}) => ({
  start,
  ...keys,
  ...measures,
})

it('rolling up, filtering, ordering, paging and totals are what the sales say', () => {
  fc.assert(
    fc.property(question, ({ sales, every, keep, order, first, least, shops }) => {
      const where = shops === null ? [] : [{ column: 'shop', test: { in: shops } }]
      const windows = bucketsOf({ kind: 'duration', ms: every * MINUTE })
      const groups = stored(sales)
      const how = { where, groupBy: keep, windows, range: { from: null, to: null } }
      const having = least === null ? [] : [{ column: 'revenue', test: { gte: least } }]
      const base: Omit<ListQuery, 'after'> = { asOf: 0, having, order, first, whole: 'sums' as const }

      const kept = sales.filter(({ shop }) => shops === null || shops.includes(shop))
      const expected = naive(kept, every * MINUTE, keep)
        .filter(({ revenue }) => least === null || revenue >= least)
        .sort(naiveOrder(order))

      const seen: unknown[] = []
      for (let after: ListQuery['after'] = null; ;) {
        const page = list(groups, how, { ...base, after })
        expect(list(groups, how, { ...base, after, whole: 'count' }).rowCount).toBe(expected.length)
        expect(list(groups, how, { ...base, after, whole: 'nothing' }).rows.map(plain)).toEqual(
          page.rows.map(plain),
        )
        seen.push(...page.rows.map(plain))
        expect(page.rowCount).toBe(expected.length)
        const rest = expected.slice(seen.length)
        const others = page.others()
        const summed = others === null ? null : machine.present(others, 0)
        expect(summed?.['revenue'] ?? 0).toBe(rest.reduce((total, { revenue }) => total + revenue, 0))
        if (page.next === null) break
        after = page.next
      }
      expect(seen).toEqual(expected)
      const total = list(groups, how, { ...base, after: null }).total()
      expect(total === null ? 0 : machine.present(total, 0)?.['sales']).toBe(
        expected.reduce((sum, row) => sum + row.sales, 0),
      )
    }),
    { numRuns: 300 },
  )
})

it('a group that a lookup leaves without a key is not shown, whatever is grouped by', () => {
  const ByKind = view('ByKind', {
    from: Sale,
    by: (e) => ({ shop: e.shop, kind: Item.of(e.country).category.orSkip() }),
    measure: () => ({ sales: count() }),
  })
  const rows = new Map([['FR', { itemId: 'FR', category: 'near' }]])
  const byKind = compileView(viewOf(ByKind), catalogOf([Sale, Item, ByKind], { rows }))
  const groups = ['["a","FR"]', '["a","JP"]'].map((key) => ({ bucket: 0, key, state: byKind.zero() }))
  const how = { where: [], windows: 'none', range: { from: null, to: null } } as const
  expect(regroup(byKind, groups, { ...how, groupBy: null }).map(({ keys }) => keys)).toEqual([
    { shop: 'a', kind: 'near' },
  ])
  expect(regroup(byKind, groups, { ...how, groupBy: ['shop'] })[0]?.states).toHaveLength(1)
})

it('one row for the whole range says which range', () => {
  const groups = stored([
    { shop: 'a', country: '', at: 0, amount: 1, weight: null },
    { shop: 'b', country: '', at: 5 * MINUTE, amount: 2, weight: null },
  ])
  const all = { where: [], groupBy: [], windows: 'all' as const }
  expect(regroup(machine, groups, { ...all, range: { from: null, to: null } })).toMatchObject([
    { start: 0, end: 6 * MINUTE, keys: { shop: null, country: null } },
  ])
  expect(regroup(machine, groups, { ...all, range: { from: -MINUTE, to: 9 * MINUTE } })).toMatchObject([
    { start: -MINUTE, end: 9 * MINUTE },
  ])
})
