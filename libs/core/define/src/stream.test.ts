import { expect, test } from 'vitest'
import {
  count,
  definitionOf,
  describe as words,
  explainStream,
  explainView,
  fingerprintOf,
  pick,
  stream,
  sum,
  tumbling,
  view,
} from './index.ts'
import type { StreamDefinition } from './index.ts'
import { Item, Sale, catalogOf, eventOf, measure, refused, viewOf } from './sale-fixture.ts'
import { told } from './untyped-fixture.ts'

const Large = stream('Large', {
  doc: 'Sales of some worth.',
  from: Sale,
  where: (e) => e.amount.above(100),
  select: (e) => ({ ...pick(e, 'shop', 'at'), cents: e.amount.times(100), sort: e.sort }),
})
const LargeOfA = stream('LargeOfA', { from: Large, where: (e) => e.sort.is('a') })

const streamOf = (made: unknown): StreamDefinition => {
  const found = definitionOf(made)
  if (found?.kind !== 'stream') throw new Error('no stream')
  return found
}

test('a view over a stream is the view over its event that a person would have written', () => {
  const over = viewOf(
    view('V', {
      from: LargeOfA,
      where: (e) => e.cents.below(90_000),
      by: 'shop',
      window: tumbling('day'),
      measure: (e) => ({ n: count(), cents: sum(e.cents, { where: e.sort.is('b') }) }),
    }),
  )
  const written = viewOf(
    view('V', {
      from: Sale,
      where: (e) => e.amount.above(100).and(e.sort.is('a')).and(e.amount.times(100).below(90_000)),
      by: 'shop',
      window: tumbling('day'),
      measure: (e) => ({ n: count(), cents: sum(e.amount.times(100), { where: e.sort.is('b') }) }),
    }),
  )
  expect({ ...over, through: null }).toEqual(written)
  expect(over.through).toEqual(streamOf(LargeOfA))
  expect(JSON.parse(JSON.stringify(over))).toEqual(over)
})

test('without select a stream has the fields of what it is from', () => {
  const fieldsOf = (made: unknown): readonly string[] => streamOf(made).fields.map(({ name }) => name)
  expect(fieldsOf(stream('All', { from: Sale }))).toEqual(eventOf(Sale).fields.map(({ name }) => name))
  expect(fieldsOf(LargeOfA)).toEqual(['shop', 'at', 'cents', 'sort'])
})

test('a change of a stream is a change of the views that it is part of, and of no other', () => {
  const print = (limit: number, factor: number, doc?: string): readonly string[] => {
    const S = stream('S', {
      ...(doc === undefined ? {} : { doc }),
      from: Sale,
      where: (e) => e.amount.above(limit),
      select: (e) => ({ ...pick(e, 'shop'), much: e.amount.times(factor) }),
    })
    const T = stream('T', { from: S, select: (e) => pick(e, 'shop', 'much') })
    const counted = view('Counted', { from: S, by: 'shop', measure })
    const summed = view('Summed', { from: T, by: 'shop', measure: (e) => ({ n: sum(e.much) }) })
    const other = view('Other', { from: Sale, by: 'shop', measure })
    const catalog = catalogOf([Sale, S, T, counted, summed, other])
    return [counted, summed, other].map((v) => fingerprintOf(viewOf(v), catalog))
  }
  const [counted, summed, other] = print(1, 2)
  expect(print(1, 2, 'said')).toEqual([counted, summed, other])
  const filtered = print(5, 2)
  expect([filtered[0] === counted, filtered[1] === summed, filtered[2] === other]).toEqual([
    false,
    false,
    true,
  ])
  // a field that Counted does not use
  const derived = print(1, 3)
  expect([derived[0] === counted, derived[1] === summed, derived[2] === other]).toEqual([true, false, true])
})

test('a view through a stream that only filters means what the filter in the view means', () => {
  const A = stream('A', { from: Sale, where: (e) => e.sort.is('a') })
  const over = view('V', { from: A, by: 'shop', measure })
  const own = view('V', { from: Sale, where: (e) => e.sort.is('a'), by: 'shop', measure })
  expect(fingerprintOf(viewOf(over), catalogOf([Sale, A, over]))).toBe(
    fingerprintOf(viewOf(own), catalogOf([Sale, own])),
  )
})

test('what a stream is made of is loaded, and is the same', () => {
  const V = view('V', { from: LargeOfA, by: 'shop', measure })
  expect(refused(() => [Sale, Large, LargeOfA, V])).toBe('accepted')
  expect(refused(() => [Sale, Large, V])).toBe(
    "shop.ts: V: reads the stream LargeOfA, which no loaded file exports (export const LargeOfA = stream('LargeOfA', …))",
  )
  expect(refused(() => [Large, LargeOfA])).toContain('shop.ts: Large: reads the event Sale, which no loaded')
  const other = stream('Large', { from: Sale })
  expect(refused(() => [Sale, other, LargeOfA, V])).toBe(
    'shop.ts: LargeOfA: reads another stream Large than the one in shop.ts (import that one, or rename one of them)',
  )
  const priced = stream('Priced', { from: Sale, select: (e) => ({ price: Item.of(e.itemId).price }) })
  expect(refused(() => [Sale, priced])).toContain('shop.ts: Priced: looks up the table Item, which no loaded')
  expect(refused(() => [Sale, Large, view('Large', { from: Sale, measure })])).toContain('two definitions')
  const raw = stream('RawSale', { from: Sale })
  expect(refused(() => [Sale, raw])).toContain("the SQL name 'raw_sale' is taken by shop.ts: Sale")
})

test('streams in a circle are refused', () => {
  const first = stream('A', { from: Sale })
  const second = stream('B', { from: first })
  expect(refused(() => [stream('A', { from: second })])).toBe(
    'A.from: A is made of itself: A from B from A from Sale (let one of them be from an event)',
  )
})

test('values that grow with every stream have an end', () => {
  const chain = (steps: number): unknown => {
    let last = stream('S', { from: Sale, select: (e) => ({ is: e.sort.is('a') }) })
    for (let n = 0; n < steps; n++)
      last = stream(`S${n}`, { from: last, select: (e) => ({ is: e.is.or(e.is) }) })
    return last
  }
  expect(refused(() => (chain(7), []))).toBe('accepted')
  expect(refused(() => (chain(60), []))).toBe(
    'S7.select.is: there are more than 1000 parts once the streams below are written out (use a value of the stream below fewer times)',
  )
})

test('a stream explains itself, and a view tells what it reads through', () => {
  const V = view('V', { from: LargeOfA, by: 'shop', measure })
  const catalog = catalogOf([Sale, Large, LargeOfA, V])
  expect(explainStream(streamOf(LargeOfA), catalog)).toEqual({
    name: 'LargeOfA',
    doc: null,
    source: 'shop.ts',
    topic: 'event.sale',
    through: ['Large'],
    where: "amount.above(100).and(sort.is('a'))",
    sent: null,
    fields: [
      { name: 'shop', type: 'id', missing: false, definition: 'shop' },
      { name: 'at', type: 'instant', missing: false, definition: 'at' },
      { name: 'cents', type: 'decimal(12, 2)', missing: false, definition: 'amount.times(100)' },
      { name: 'sort', type: "oneOf('a', 'b')", missing: false, definition: 'sort' },
    ],
    readers: ['V'],
  })
  const explained = explainView(viewOf(V), catalog)
  expect([explained.topic, explained.through]).toEqual(['event.sale', ['LargeOfA', 'Large']])
  expect(explained.where).toBe("amount.above(100).and(sort.is('a'))")
  expect(viewOf(V).keys.map((key) => words(key.expr))).toEqual(['shop'])
})

test.each<[string, string]>([
  ["stream('large', {})", 'stream("large"): a name starts with a capital'],
  ['streamed({ slect: (e) => e })', "St: stream has no property 'slect' (did you mean 'select'?)"],
  ['streamed({ from: undefined })', 'St.from: a stream reads an event or a stream, not undefined'],
  ['streamed({ from: Item })', 'St.from: a stream reads an event or a stream, and Item is a table'],
  ['streamed({ where: (e) => e.amount })', 'St.where: must be a condition, not amount (a number)'],
  ['streamed({ where: (e) => count().above(1) })', 'St.where: chooses events, so it cannot use a measure'],
  ['streamed({ select: 3 })', 'St.select: is a function of the event, not 3'],
  ['streamed({ select: () => ({}) })', 'St.select: there must be at least one field'],
  ['streamed({ select: (e) => e.amount })', "St.select: 'select' must return names with values"],
  ['streamed({ select: (e) => ({ n: count() }) })', 'St.select.n: is a measure of many events'],
  ['streamed({ select: (e) => ({ n: 3 }) })', 'St.select.n: must be a value of the event, not 3'],
  ['streamed({ select: (e) => ({ _n: e.at }) })', "St.select: '_n' is no name"],
  [
    'streamed({ select: (e) => ({ productId: e.productId.orSkip() }) })',
    'St.select.productId: ends with .orSkip(), which is for keys of views (end it with .orElse(value), or leave rows out: where: (e) => e.productId.isKnown())',
  ],
  [
    'streamed({ select: (e) => ({ userId: e.userId, user_id: e.type }) })',
    "St.select: 'user_id' and 'userId' are one name in SQL, 'user_id'",
  ],
  [
    "streamed({ select: (e) => pick(e, 'userId', 'amuont') })",
    "St.select: ShopEvent has no field 'amuont' (did",
  ],
  [
    "asked({ from: streamed({ select: (e) => pick(e, 'userId') }), measure: (e) => ({ n: sum(e.amount) }) })",
    "Sales.measure: St has no field 'amount': it has userId",
  ],
  [
    "asked({ from: streamed({ select: (e) => ({ p: e.productId }) }), by: 'p' })",
    "Sales.by: key 'p' may be missing: write by: (e) => ({ p: e.p.orSkip() })",
  ],
])('a stream: %s', (code, sentence) => {
  expect(told(code)).toContain(sentence)
})
