import { expect, test } from 'vitest'
import {
  count,
  decimal,
  event,
  fingerprintOf,
  hours,
  id,
  instant,
  int,
  oneOf,
  sum,
  tumbling,
  view,
} from './index.ts'
import { Item, Sale, catalogOf, measure, viewOf } from './sale-fixture.ts'

const named = (name: string) => view(name, { from: Sale, by: 'sort', measure })

const print = (value: unknown, more: readonly unknown[] = [Sale, Item], hash = 'h'): string =>
  fingerprintOf(viewOf(value), catalogOf([...more, value], { hash }))

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
