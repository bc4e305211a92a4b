// The mistakes of `wrong.test-d.ts`, and those only a run can see, as an author without a type checker meets them.
import { sentenceOf } from '@tidewater/base'
import { describe, expect, test } from 'vitest'
import * as language from './index.ts'

type Loose = (...args: unknown[]) => unknown
type LooseValue = Record<string, Loose>

// the language as JavaScript sees it: without types
const {
  count,
  sum,
  mean,
  latest,
  distinct,
  session,
  event,
  view,
  table,
  file,
  id,
  text,
  oneOf,
  decimal,
  int,
  number,
  instant,
  boolean,
  greatest,
  tumbling,
  minutes,
  hours,
  seconds,
} = language as unknown as Record<string, Loose>

const of = <T>(value: T | undefined): T => value as T
const call = (fn: Loose | undefined, ...args: unknown[]): LooseValue => of(fn)(...args) as LooseValue

const FIELDS = {
  userId: call(id),
  at: call(instant),
  type: call(oneOf, 'click', 'purchase'),
  productId: call(of(call(id)['optional'])),
  amount: call(of(call(decimal, 12, 2)['optional'])),
  quantity: call(int),
  weight: call(number),
  paid: call(boolean),
}
const ShopEvent = call(event, 'ShopEvent', { fields: FIELDS, key: 'userId', time: 'at' })
const Product = call(table, 'Product', {
  fields: { productId: call(id), category: call(text) },
  key: 'productId',
  from: call(file, 'products.csv'),
})

const told = (part: () => unknown): string => {
  try {
    part()
  } catch (error) {
    return sentenceOf(error)
  }
  return 'accepted'
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the point of these tests is code without types
type Any = any

const asked = (more: Record<string, unknown>): string =>
  told(() =>
    call(view, 'Sales', { from: ShopEvent, by: 'userId', measure: () => ({ n: call(count) }), ...more }),
  )
const measured = (measure: (e: Any) => unknown, more: Record<string, unknown> = {}): string =>
  asked({ measure: (e: Any) => ({ n: measure(e) }), ...more })

/** The sentence of a mistake, whether `run` throws it or returns what was told. */
const sentenceFor = (run: () => string): string => {
  const thrown = told(run)
  return thrown === 'accepted' ? run() : thrown
}

const c = (...args: unknown[]): Any => call(count, ...args)

test('what is right is accepted', () => {
  expect(asked({})).toBe('accepted')
  expect(measured((e) => (call(sum, e.amount) as Any).last(call(minutes, 7.5)))).toBe('accepted')
})

describe('the mistakes the type checker also refuses', () => {
  test.each<[string, () => string, string]>([
    [
      'optional key',
      () => asked({ by: 'productId' }),
      "Sales.by: key 'productId' may be missing: write by: (e) => ({ productId: e.productId.orSkip() })",
    ],
    [
      'no aggregate',
      () => measured((e) => e.amount),
      "Sales.measure: 'n' has no aggregate: amount is a value of one event (write latest(…), sum(…) or another aggregate of it)",
    ],
    [
      'text summed',
      () => measured((e) => call(sum, e.type)),
      "Sales.measure: 'sum' takes a number, not type, which is oneOf",
    ],
    [
      'two windows',
      () => measured(() => c().last(call(hours, 1)).last(call(minutes, 1))),
      'Sales.measure: count().last(1 h) already has a window: .last(…) cannot follow (give each aggregate one window)',
    ],
    [
      'not one of',
      () => measured((e) => c({ where: e.type.is('purchas') })),
      "Sales.measure: type is never 'purchas' (did you mean 'purchase'?): it is one of click, purchase",
    ],
    [
      'top',
      () => asked({ top: { n: 3, by: 'm' } }),
      "Sales.top: there is no measure 'm' (did you mean 'n'?): the measures are n",
    ],
    [
      'mixed scopes',
      () => measured((e) => c().plus(e.amount)),
      "Sales.measure: 'plus' mixes a measure of many events with one event's value (aggregate it first, such as sum or latest of amount)",
    ],
    [
      'optional key in a callback',
      () => asked({ by: (e: Any) => ({ p: e.productId }) }),
      "Sales.by: key 'p' may be missing: end it with .orElse(value) or .orSkip()",
    ],
    [
      'typo',
      () => measured((e) => call(latest, e.tpye)),
      "Sales.measure: ShopEvent has no field 'tpye' (did you mean 'type'?)",
    ],
    [
      'window after arithmetic',
      () => measured(() => c().dividedBy(2).last(call(minutes, 1))),
      'Sales.measure: .last(…) goes on an aggregate, before arithmetic, not on count().dividedBy(2) (write count().last(minutes(1)).dividedBy(2))',
    ],
    [
      'unknown unit',
      () => call(tumbling, 'fortnight') as never,
      "there is no unit 'fortnight': use hour, day, week, month, quarter, year",
    ],
    [
      'list of keys',
      () => asked({ by: ['userId', 'productId'] }),
      "Sales.by: key 'productId' may be missing",
    ],
    [
      'text arithmetic',
      () => measured((e) => call(sum, e.userId.times(2))),
      "Sales.measure: userId is a text and has no 'times'",
    ],
    [
      'table field',
      () => asked({ by: (e: Any) => ({ x: (Product as Any).of(e.productId).categry }) }),
      "Sales.by: Product has no field 'categry' (did you mean 'category'?)",
    ],
    [
      'session',
      () => measured(() => call(session, { gap: call(minutes, 30) })),
      "Sales.measure: 'n' must be a measure, not an object (end it with .seconds(), .events() or .startedAt())",
    ],
    [
      'where no condition',
      () => asked({ where: (e: Any) => e.amount }),
      'Sales.where: must be a condition, not amount (a number)',
    ],
    [
      'where of measures',
      () => measured(() => c({ where: c().above(3) })),
      "Sales.measure: 'where' chooses events",
    ],
    [
      'round an event',
      () => measured((e) => call(sum, e.quantity.round(1))),
      "Sales.measure: 'round' is for measures",
    ],
    [
      'secondsAgo of an event',
      () => measured((e) => call(sum, e.at.secondsAgo())),
      "Sales.measure: 'secondsAgo' is for measures",
    ],
    [
      'weigh',
      () => measured((e) => call(sum, e.type.weigh({ buy: 1 }))),
      "Sales.measure: type is never 'buy'",
    ],
    [
      'distinct of a name',
      () => measured(() => call(distinct, 'userId')),
      "Sales.measure: 'distinct' takes a value of an event, not 'userId'",
    ],
    [
      'property',
      () => asked({ mesure: () => ({}) }),
      "Sales: view has no property 'mesure' (did you mean 'measure'?)",
    ],
  ])('%s', (_, run, sentence) => {
    expect(sentenceFor(run)).toContain(sentence)
  })
})

describe('the mistakes only a load can see', () => {
  test.each<[string, () => string, string]>([
    [
      'window and last',
      () => asked({ window: call(tumbling, 'day'), measure: () => ({ n: c().last(call(minutes, 1)) }) }),
      'Sales.measure.n: a view with a window has no .last(1 min)',
    ],
    [
      'window and session',
      () =>
        measured(() => (call(session, { gap: call(minutes, 30) }) as Any).seconds(), {
          window: call(tumbling, 'day'),
        }),
      'Sales.measure.n: sessions have their own ends',
    ],
    [
      'window and expires',
      () => asked({ window: call(tumbling, 'day'), expires: call(hours, 1) }),
      'Sales.expires: a view with a window has a row per window',
    ],
    [
      'no hop',
      () => measured(() => c().last(call(seconds, 0.5))),
      'Sales.measure.n: .last(500 ms) has no tile that divides it',
    ],
    [
      'operators',
      () => measured((e) => call(sum, e.quantity * 2)),
      'Sales.measure: quantity stands for a value that is known later, so + - * / < > and templates cannot use it',
    ],
    [
      'a comparison',
      () => asked({ where: (e: Any) => e.type === 'click' }),
      "Sales.where: must be a condition, not false (write e.amount.above(10) or e.type.is('click'))",
    ],
    [
      'too wide',
      () => measured((e) => call(sum, e.quantity.times(e.quantity))),
      "Sales.measure: needs 30 digits, and one event's exact value has at most 27",
    ],
    [
      'orSkip in a measure',
      () => measured((e) => call(sum, e.amount.orSkip())),
      'Sales.measure.n: .orSkip() is for keys, not amount.orSkip()',
    ],
    [
      'orSkip inside a key',
      () => asked({ by: (e: Any) => ({ k: e.productId.orSkip().lower() }) }),
      'Sales.by.k: .orSkip() comes last, not inside productId.orSkip().lower()',
    ],
    ['double as key', () => asked({ by: 'weight' }), "Sales.by: key 'weight' is a double"],
    [
      'distinct of a double',
      () => measured((e) => call(distinct, e.weight)),
      "Sales.measure: 'distinct' cannot tell doubles apart",
    ],
    [
      'reserved name',
      () => asked({ measure: () => ({ start: c() }) }),
      "Sales.measure.start: the name 'start' is taken",
    ],
    [
      'reserved name in SQL',
      () => asked({ measure: () => ({ windowEnd: c() }) }),
      "Sales.measure.windowEnd: the name 'windowEnd' is taken",
    ],
    [
      'reserved argument',
      () => asked({ by: (e: Any) => ({ asOf: e.userId }) }),
      "Sales.by.asOf: the name 'asOf' is taken",
    ],
    [
      'key and measure',
      () => asked({ measure: () => ({ userId: c() }) }),
      "Sales.measure.userId: 'userId' is there twice, as key and as measure",
    ],
    [
      'one SQL name',
      () => asked({ measure: () => ({ user_id: c() }) }),
      "Sales.measure.user_id: 'user_id' and 'userId' are one name in SQL, 'user_id'",
    ],
    ['underscore', () => asked({ measure: () => ({ _id: c() }) }), "Sales.measure: '_id' is no name"],
    ['no measure', () => asked({ measure: () => ({}) }), 'Sales.measure: there must be at least one measure'],
    ['a literal as measure', () => measured(() => 3), "Sales.measure: 'n' must be a measure, not 3"],
    ['from nothing', () => asked({ from: undefined }), 'Sales.from: a view reads an event, not undefined'],
    [
      'from a table',
      () => asked({ from: Product }),
      'Sales.from: a view reads an event, and Product is a table',
    ],
    [
      'zone',
      () => call(tumbling, 'day', { zone: 'Mars/Base' }) as never,
      "there is no time zone 'Mars/Base'",
    ],
    [
      'atMost',
      () => measured((e) => call(distinct, e.userId, { atMost: 0 })),
      "'atMost' takes 1 to 1000000, not 0",
    ],
    [
      'an option of another aggregate',
      () => measured((e) => call(sum, e.amount, { atMost: 5 })),
      "sum has no property 'atMost'",
    ],
    [
      'a condition misspelt',
      () => measured(() => c({ were: 1 })),
      "count has no property 'were' (did you mean 'where'?)",
    ],
    ['clamp upside down', () => measured(() => c().clamp(1, 0)), "'clamp' takes the low bound first"],
    ['infinite', () => measured(() => c().plus(Infinity)), 'Infinity is no number a definition can hold'],
    ['huge', () => measured(() => c().plus(2 ** 60)), 'has more than 15 digits'],
    [
      'mean of a text',
      () => measured((e) => call(mean, e.userId)),
      "'mean' takes a number, not userId, which is id",
    ],
    [
      'greatest of numbers',
      () => measured(() => call(greatest, 1, 2)),
      "'greatest' takes two numbers, not 1 (write greatest(value, 10))",
    ],
    [
      'aggregate of an aggregate',
      () => measured(() => call(sum, c())),
      "'sum' takes a value of one event, but count() is a measure already",
    ],
    [
      'a throw in a callback',
      () =>
        measured(() => {
          throw new Error('oops')
        }),
      'Sales.measure: oops',
    ],
    [
      'a name in lower case',
      () => call(view, 'sales', {}) as never,
      'view("sales"): a name starts with a capital',
    ],
    ['top n', () => asked({ top: { n: 1e9, by: 'n' } }), "Sales.top: 'n' takes 1 to 10000"],
    ['clock', () => asked({ clock: 'stream' }), "Sales.clock: is 'wall' or 'event', not 'stream'"],
  ])('%s', (_, run, sentence) => {
    expect(sentenceFor(run)).toContain(sentence)
  })
})

describe('events and tables', () => {
  const made = (more: Record<string, unknown>): string =>
    told(() =>
      call(event, 'Ev', {
        fields: { k: call(id), at: call(instant), o: call(of(call(id)['optional'])) },
        key: 'k',
        time: 'at',
        ...more,
      }),
    )
  test.each<[string, Record<string, unknown>, string]>([
    ['no field', { fields: {} }, 'Ev.fields: there must be at least one field'],
    [
      'no such key',
      { key: 'kk' },
      "Ev.key: there is no field 'kk' (did you mean 'k'?): the fields are k, at, o",
    ],
    ['optional key', { key: 'o' }, "Ev.key: 'o' may be missing (name a field without .optional())"],
    ['time is no instant', { time: 'k' }, "Ev.time: 'k' is id, the time must be an instant"],
    ['optional dedupe', { dedupe: 'o' }, "Ev.dedupe: 'o' may be missing"],
    ['key by time', { key: 'at' }, "Ev.key: 'at' is instant and cannot tell things apart"],
    ['not a field', { fields: { k: 'id' } }, 'Ev.fields.k: a field is id(), text()'],
    ['underscore', { fields: { _id: call(id) } }, "Ev.fields._id: '_id' is no name"],
    [
      'one SQL name',
      { fields: { userId: call(id), user_id: call(id) } },
      "Ev.fields.user_id: 'user_id' and 'userId' are one name in SQL",
    ],
    [
      'a number for a duration',
      { lateness: 5 },
      "Ev.lateness: 'lateness' takes a duration such as minutes(5), not 5",
    ],
    ['a long horizon', { horizon: { ms: 90 * 86_400_000 } }, 'Ev.horizon: 90 d is more than 30 days'],
  ])('%s', (_, more, sentence) => {
    expect(made(more)).toContain(sentence)
  })
  test('fields and tables', () => {
    expect(told(() => call(decimal, 19, 2))).toBe('decimal(19, 2): 1 to 18 digits')
    expect(told(() => call(decimal, 4, 5))).toBe('decimal(4, 5): 0 to 4 digits after the point')
    expect(told(() => call(oneOf, 'a', 'a'))).toBe("oneOf has 'a' twice")
    expect(told(() => call(oneOf))).toContain('oneOf takes texts')
    expect(
      told(() => call(table, 'Tab', { fields: { k: call(int) }, key: 'k', from: call(file, 'x.csv') })),
    ).toBe("Tab.key: 'k' is int (the key of a table is id(), text() or oneOf(…))")
    expect(told(() => call(table, 'Tab', { fields: { k: call(id) }, key: 'k' }))).toContain(
      'Tab.from: a table comes from a file',
    )
    expect(told(() => (Product as Any).of(3))).toBe('Product.of takes a text of the event, not 3')
  })
})
