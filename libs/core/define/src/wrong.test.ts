// The mistakes of `wrong.test-d.ts`, as an author without a type checker meets them when the file is loaded.
import { expect, test } from 'vitest'
import { told } from './untyped-fixture.ts'

test('what is right is accepted', () => {
  expect(told('asked({})')).toBe('accepted')
  expect(told('measured((e) => sum(e.amount).last(minutes(7.5)))')).toBe('accepted')
})

test.each<[string, string]>([
  [
    "asked({ by: 'productId' })",
    "Sales.by: key 'productId' may be missing: write by: (e) => ({ productId: e.productId.orSkip() })",
  ],
  [
    'measured((e) => e.amount)',
    "Sales.measure: 'n' has no aggregate: amount is a value of one event (write latest(…), sum(…) or another aggregate of it)",
  ],
  ['measured((e) => sum(e.type))', "Sales.measure: 'sum' takes a number, not type, which is oneOf"],
  [
    'measured(() => count().last(hours(1)).last(minutes(1)))',
    'Sales.measure: count().last(1 h) already has a window: .last(…) cannot follow (give each aggregate one window)',
  ],
  [
    "measured((e) => count({ where: e.type.is('purchas') }))",
    "Sales.measure: type is never 'purchas' (did you mean 'purchase'?): it is one of click, purchase",
  ],
  [
    "asked({ top: { n: 3, by: 'm' } })",
    "Sales.top: there is no measure 'm' (did you mean 'n'?): the measures are n",
  ],
  [
    'measured((e) => count().plus(e.quantity))',
    "Sales.measure: 'plus' mixes a measure of many events with one event's value (aggregate it first, such as sum or latest of quantity)",
  ],
  [
    'asked({ by: (e) => ({ p: e.productId }) })',
    "Sales.by: key 'p' may be missing: end it with .orElse(value) or .orSkip()",
  ],
  ['measured((e) => latest(e.tpye))', "Sales.measure: ShopEvent has no field 'tpye' (did you mean 'type'?)"],
  [
    'measured(() => count().dividedBy(2).last(minutes(1)))',
    'Sales.measure: .last(…) goes on an aggregate, before arithmetic, not on count().dividedBy(2) (write count().last(minutes(1)).dividedBy(2))',
  ],
  ["tumbling('fortnight')", "there is no unit 'fortnight': use hour, day, week, month, quarter, year"],
  ["asked({ by: ['userId', 'productId'] })", "Sales.by: key 'productId' may be missing"],
  ['measured((e) => sum(e.userId.times(2)))', "Sales.measure: userId is a text and has no 'times'"],
  [
    "asked({ by: (e) => ({ c: Item.of(e.productId).categry.orElse('x') }) })",
    "Sales.by: Item has no field 'categry' (did you mean 'category'?)",
  ],
  ['asked({ by: (e) => ({ c: Item.of(e.productId).price }) })', "Sales.by: key 'c' may be missing"],
  [
    'measured(() => session({ gap: minutes(30) }))',
    "Sales.measure: 'n' must be a measure, not an object (end it with .seconds(), .events() or .startedAt())",
  ],
  ['asked({ where: (e) => e.amount })', 'Sales.where: must be a condition, not amount (a number)'],
  ['measured(() => count({ where: count().above(3) }))', "Sales.measure: 'where' chooses events"],
  ['measured((e) => sum(e.quantity.round(1)))', "Sales.measure: 'round' is for measures"],
  ['measured((e) => sum(e.at.secondsAgo()))', "Sales.measure: 'secondsAgo' is for measures"],
  ['measured((e) => sum(e.type.weigh({ buy: 1 })))', "Sales.measure: type is never 'buy'"],
  ["measured(() => distinct('userId'))", "Sales.measure: 'distinct' takes a value of an event, not 'userId'"],
  ['asked({ mesure: measure })', "Sales: view has no property 'mesure' (did you mean 'measure'?)"],
  ["made({ key: 'o' })", "Ev.key: 'o' may be missing (name a field without .optional())"],
  ["made({ time: 'k' })", "Ev.time: 'k' is id, the time must be an instant"],
  ["made({ dedupe: 'id' })", "Ev.dedupe: there is no field 'id': the fields are k, at, o"],
])('%s', (code, sentence) => {
  expect(told(code)).toContain(sentence)
})
