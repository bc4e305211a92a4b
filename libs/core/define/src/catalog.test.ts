import { sentenceOf } from '@tidewater/base'
import { expect, test } from 'vitest'
import { count, event, explainView, hours, id, instant, int, sum, view } from './index.ts'
import { Item, Sale, catalogOf, measure, viewOf } from './sale-fixture.ts'

const told = (values: readonly unknown[]): string => {
  try {
    catalogOf(values)
    return 'accepted'
  } catch (error) {
    return sentenceOf(error)
  }
}

const named = (name: string) => view(name, { from: Sale, by: 'sort', measure })

test('names are free of each other', () => {
  expect(told([Sale, named('Sales')])).toBe('accepted')
  expect(told([Sale, named('Sale')])).toBe(
    'two definitions are named Sale: one in shop.ts, one in shop.ts (rename one of them)',
  )
  expect(told([Sale, named('SaleS')])).toBe('accepted')
  expect(told([Sale, named('Sales'), named('SalesPage')])).toBe(
    "shop.ts: SalesPage: the GraphQL type 'SalesPage' is taken by shop.ts: Sales (rename one of them)",
  )
  expect(told([Sale, named('Sales'), named('SalesList')])).toContain(
    "the GraphQL field 'salesList' is taken by shop.ts: Sales",
  )
  expect(told([Sale, named('Freshness')])).toContain(
    "the GraphQL type 'Freshness' is taken by the platform itself",
  )
  expect(told([Sale, named('Status')])).toContain('is taken by the platform itself')
  expect(told([Sale, named('SaleSort')])).toContain("the GraphQL type 'SaleSort' is taken by shop.ts: Sale")
  expect(told([Sale, named('RawSale')])).toContain("the SQL name 'raw_sale' is taken by shop.ts: Sale")
  expect(told([Sale, named('XYZSale'), named('XyzSale')])).toContain("the SQL name 'xyz_sale' is taken")
  expect(told([Sale, named('TidewaterThing')])).toContain(
    "names that start with Tidewater are the platform's own",
  )
})

test('what a view reads is loaded', () => {
  expect(told([named('Sales')])).toBe(
    "shop.ts: Sales: reads the event Sale, which no loaded file exports (export const Sale = event('Sale', …))",
  )
  const lookup = view('Sales', {
    from: Sale,
    by: (e) => ({ c: Item.of(e.itemId).category.orElse('x') }),
    measure,
  })
  expect(told([Sale, lookup])).toContain(
    'shop.ts: Sales: looks up the table Item, which no loaded file exports',
  )
  const other = event('Other', { fields: { k: id(), at: instant(), extra: int() }, key: 'k', time: 'at' })
  const leaked: { n?: ReturnType<typeof count> } = {}
  view('First', { from: other, measure: (e) => ((leaked.n = sum(e.extra)), { n: count() }) })
  expect(
    told([Sale, other, view('Second', { from: Sale, measure: () => ({ n: leaked.n ?? count() }) })]),
  ).toContain("uses a value 'extra' that is no field of Sale")
})

test('a view explains itself', () => {
  const value = view('Recent', {
    doc: 'The last hour.',
    from: Sale,
    by: 'sort',
    expires: hours(1),
    where: (e) => e.units.above(0),
    measure: (e) => ({ n: count().last(hours(1)), revenue: sum(e.amount) }),
    top: { n: 3, by: 'n' },
  })
  const { fingerprint, ...explained } = explainView(viewOf(value), catalogOf([Sale, value]))
  expect(fingerprint).toHaveLength(32)
  expect(explained).toEqual({
    name: 'Recent',
    doc: 'The last hour.',
    source: 'shop.ts',
    topic: 'event.sale',
    through: [],
    sql: 'recent',
    graphql: ['recent', 'recentList'],
    where: 'units.above(0)',
    window: null,
    expires: '1 h',
    top: '3 by n',
    tiles: ['last 1 h in tiles of 1 min'],
    columns: [
      { name: 'sort', role: 'key', type: "oneOf('a', 'b')", missing: false, definition: 'sort' },
      { name: 'n', role: 'measure', type: 'int', missing: false, definition: 'count().last(1 h)' },
      { name: 'revenue', role: 'measure', type: 'decimal(38, 2)', missing: false, definition: 'sum(amount)' },
    ],
  })
})
