import { sentenceOf } from '@tidewater/base'
import { expect, test } from 'vitest'
import {
  buildCatalog,
  count,
  decimal,
  definitionOf,
  describe as words,
  distinct,
  event,
  explainView,
  file,
  fingerprintOf,
  hours,
  id,
  instant,
  int,
  latest,
  minutes,
  oneOf,
  session,
  sum,
  table,
  text,
  tumbling,
  view,
} from './index.ts'
import type { Catalog, Definition, TableContent, ViewDefinition } from './index.ts'

const Sale = event('Sale', {
  fields: {
    saleId: id(),
    at: instant(),
    sort: oneOf('a', 'b'),
    itemId: id().optional(),
    amount: decimal(9, 2),
    units: int(),
    note: text().optional(),
  },
  key: 'saleId',
  time: 'at',
})
const Item = table('Item', {
  fields: { itemId: id(), category: text(), price: decimal(9, 2) },
  key: 'itemId',
  from: file('items.csv'),
})

const plain = (value: unknown): Definition => {
  const found = definitionOf(value)
  if (found === null) throw new Error('no definition')
  return found
}
const viewOf = (value: unknown): ViewDefinition => {
  const found = plain(value)
  if (found.kind !== 'view') throw new Error('no view')
  return found
}
const content = (hash: string): ReadonlyMap<string, TableContent> =>
  new Map([['Item', { hash, rows: new Map() }]])
const catalogOf = (values: readonly unknown[], hash = 'h'): Catalog =>
  buildCatalog(
    values.map((value) => ({ definition: plain(value), source: 'shop.ts' })),
    content(hash),
  )

const told = (values: readonly unknown[]): string => {
  try {
    catalogOf(values)
    return 'accepted'
  } catch (error) {
    return sentenceOf(error)
  }
}

const measure = () => ({ n: count() })
const named = (name: string) => view(name, { from: Sale, by: 'sort', measure })

test('a definition is plain data', () => {
  const definition = viewOf(
    view('Sales', {
      doc: 'What is sold.',
      from: Sale,
      where: (e) => e.sort.is('a'),
      by: (e) => ({ itemId: e.itemId.orSkip(), category: Item.of(e.itemId).category.orElse('none') }),
      window: tumbling('month', { zone: 'Europe/London' }),
      measure: (e) => ({ revenue: sum(e.units.times(e.amount)), kinds: distinct(e.sort, { atMost: 5 }) }),
      top: { n: 3, by: 'revenue' },
    }),
  )
  expect(JSON.parse(JSON.stringify(definition))).toEqual(definition)
  expect(definition.keys.map((k) => words(k.expr))).toEqual([
    'itemId.orSkip()',
    "Item.of(itemId).category.orElse('none')",
  ])
  expect(definition.measures.map((m) => words(m.expr))).toEqual([
    'sum(units.times(amount))',
    'distinct(sort, atMost: 5)',
  ])
  expect(definition.measures[0]?.expr).toEqual({
    op: 'aggregate',
    type: { kind: 'decimal', digits: 38, scale: 2 },
    optional: false,
    call: {
      fn: 'sum',
      arg: {
        op: 'times',
        type: { kind: 'decimal', digits: 24, scale: 2 },
        optional: false,
        args: [
          { op: 'field', name: 'units', type: { kind: 'int', digits: 15 }, optional: false },
          { op: 'field', name: 'amount', type: { kind: 'decimal', digits: 9, scale: 2 }, optional: false },
        ],
      },
      where: null,
      window: null,
      atMost: null,
      gapMs: null,
      read: null,
    },
  })
  expect(definition.window).toEqual({ kind: 'calendar', unit: 'month', zone: 'Europe/London' })
})

test('number literals are exact, beside a double they are doubles', () => {
  const { measures } = viewOf(
    view('Numbers', {
      from: Sale,
      measure: (e) => ({
        tenth: sum(0.1),
        tiny: sum(e.amount.times(1e-7)),
        share: count().dividedBy(count()).cap(0.5),
        score: sum(e.sort.weigh({ a: 0.25, b: -12 })),
      }),
    }),
  )
  const args = measures.map((m) => (m.expr.op === 'aggregate' ? m.expr.call.arg : m.expr))
  expect(args.map((a) => a && [words(a), a.type])).toEqual([
    ['0.1', { kind: 'decimal', digits: 1, scale: 1 }],
    ['amount.times(0.0000001)', { kind: 'decimal', digits: 16, scale: 9 }],
    ['count().dividedBy(count()).cap(0.5)', { kind: 'number' }],
    ['sort.weigh({ a: 0.25, b: -12 })', { kind: 'decimal', digits: 4, scale: 2 }],
  ])
  const cap = args[2]
  expect(cap?.op === 'clamp' && cap.args[2]).toEqual({
    op: 'literal',
    type: { kind: 'number' },
    optional: false,
    value: 0.5,
  })
})

test('what may be missing is known', () => {
  const { measures } = viewOf(
    view('Missing', {
      from: Sale,
      measure: (e) => ({
        sum: sum(Item.of(e.itemId).price),
        latest: latest(e.note),
        orElse: latest(e.sort).orElse('a'),
        divided: count().dividedBy(2),
        onlyIf: count().onlyIf(count().above(3)),
        known: latest(e.note).isKnown(),
        started: session({ gap: minutes(5) }).startedAt(),
        lasting: session({ gap: minutes(5) }).seconds(),
      }),
    }),
  )
  expect(Object.fromEntries(measures.map((m) => [m.name, m.expr.optional]))).toEqual({
    sum: false,
    latest: true,
    orElse: false,
    divided: true,
    onlyIf: true,
    known: false,
    started: true,
    lasting: false,
  })
})

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

const print = (value: unknown, more: readonly unknown[] = [Sale, Item], hash = 'h'): string =>
  fingerprintOf(viewOf(value), catalogOf([...more, value], hash))

test('a fingerprint is of the meaning alone', () => {
  const base = print(named('V'))
  expect(base).toMatch(/^[0-9a-f]{32}$/)
  expect(print(view('V', { doc: 'said', from: Sale, by: 'sort', measure, top: { n: 1, by: 'n' } }))).toBe(
    base,
  )
  expect(
    print(view('V', { from: Sale, by: 'sort', measure: () => ({ n: count().last(hours(1)) }) })),
  ).not.toBe(base)
  expect(print(view('V', { from: Sale, by: 'sort', where: (e) => e.units.above(0), measure }))).not.toBe(base)
  expect(print(view('V', { from: Sale, by: 'sort', window: tumbling('day'), measure }))).not.toBe(base)
  expect(print(view('V', { from: Sale, by: 'sort', clock: 'event', measure }))).not.toBe(base)
  const ab = view('V', { from: Sale, by: 'sort', measure: (e) => ({ a: count(), b: sum(e.units) }) })
  const ba = view('V', { from: Sale, by: 'sort', measure: (e) => ({ b: sum(e.units), a: count() }) })
  expect(print(ab)).toBe(print(ba))
})

test('an unused field changes no fingerprint, a used one does', () => {
  const make = (units: ReturnType<typeof int>, horizon = hours(24)) => {
    const S = event('Sale', {
      fields: { saleId: id(), at: instant(), sort: oneOf('a', 'b'), units, more: int() },
      key: 'saleId',
      time: 'at',
      horizon,
    })
    return {
      S,
      unused: view('V', { from: S, by: 'sort', measure }),
      used: view('V', { from: S, by: 'sort', measure: (e) => ({ n: sum(e.units) }) }),
    }
  }
  const [narrow, wide, longer] = [make(int()), make(decimal(9, 2) as never), make(int(), hours(48))]
  expect(print(narrow.unused, [narrow.S])).toBe(print(wide.unused, [wide.S]))
  expect(print(narrow.used, [narrow.S])).not.toBe(print(wide.used, [wide.S]))
  expect(print(narrow.unused, [narrow.S])).not.toBe(print(longer.unused, [longer.S]))
})

test('the bytes of a table count where state depends on them, not where they name a key', () => {
  const inState = view('V', { from: Sale, by: 'sort', measure: (e) => ({ n: sum(Item.of(e.itemId).price) }) })
  const inKey = view('V', { from: Sale, by: (e) => ({ c: Item.of(e.itemId).category.orElse('x') }), measure })
  expect(print(inState, [Sale, Item], 'one')).not.toBe(print(inState, [Sale, Item], 'two'))
  expect(print(inKey, [Sale, Item], 'one')).toBe(print(inKey, [Sale, Item], 'two'))
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
