// Mistakes that only a load can see.
import { expect, test } from 'vitest'
import { told } from './untyped-fixture.ts'

test.each<[string, string]>([
  [
    "asked({ window: tumbling('day'), measure: () => ({ n: count().last(minutes(1)) }) })",
    'Sales.measure.n: a view with a window has no .last(1 min)',
  ],
  [
    "measured(() => session({ gap: minutes(30) }).seconds(), { window: tumbling('day') })",
    'Sales.measure.n: sessions have their own ends',
  ],
  ["asked({ window: tumbling('day'), expires: hours(1) })", 'Sales.expires: a view with a window has a row'],
  ['asked({ by: undefined, expires: hours(1) })', 'Sales.expires: a view without keys has one row'],
  [
    'measured(() => count().last(seconds(0.5)))',
    'Sales.measure.n: .last(500 ms) has no tile that divides it',
  ],
  [
    'measured((e) => sum(e.quantity * 2))',
    'Sales.measure: quantity stands for a value that is known later, so + - * / < > and templates cannot use it',
  ],
  [
    "asked({ where: (e) => e.type === 'click' })",
    "Sales.where: must be a condition, not false (write e.amount.above(10) or e.type.is('click'))",
  ],
  [
    'measured((e) => sum(e.quantity.times(e.quantity)))',
    "Sales.measure: needs 30 digits, and one event's exact value has at most 27",
  ],
  ['measured((e) => sum(e.amount.orSkip()))', 'Sales.measure.n: .orSkip() is for keys, not amount.orSkip()'],
  ['measured((e) => latest(e.type).orSkip())', "Sales.measure: 'orSkip' is for keys"],
  [
    'asked({ by: (e) => ({ k: e.productId.orSkip().lower() }) })',
    'Sales.by.k: .orSkip() comes last, not inside productId.orSkip().lower()',
  ],
  ["asked({ by: 'weight' })", "Sales.by: key 'weight' is a double"],
  ["asked({ by: 'usrId' })", "Sales.by: ShopEvent has no field 'usrId' (did you mean 'userId'?)"],
  ['measured((e) => distinct(e.weight))', "Sales.measure: 'distinct' cannot tell doubles apart"],
  [
    'measured((e) => deviation(e.amount.times(e.quantity)))',
    "Sales.measure: 'deviation' keeps exact squares of at most 30 digits, and amount.times(quantity) has 27, so its square 54",
  ],
  ['asked({ measure: () => ({ start: count() }) })', "Sales.measure.start: the name 'start' is taken"],
  ['asked({ measure: () => ({ windowEnd: count() }) })', "the name 'windowEnd' is taken"],
  ['asked({ by: (e) => ({ asOf: e.userId }) })', "Sales.by.asOf: the name 'asOf' is taken"],
  ['asked({ measure: () => ({ userId: count() }) })', "'userId' is there twice, as key and as measure"],
  ['asked({ measure: () => ({ user_id: count() }) })', "'user_id' and 'userId' are one name in SQL"],
  ['asked({ measure: () => ({ _id: count() }) })', "Sales.measure: '_id' is no name"],
  ['asked({ measure: () => ({}) })', 'Sales.measure: there must be at least one measure'],
  ['asked({ measure: () => count() })', "Sales.measure: 'measure' must return names with values"],
  ['measured(() => 3)', "Sales.measure: 'n' must be a measure, not 3"],
  ['asked({ from: undefined })', 'Sales.from: a view reads an event or a stream, not undefined'],
  ['asked({ from: Item })', 'Sales.from: a view reads an event or a stream, and Item is a table'],
  ["tumbling('day', { zone: 'Mars/Base' })", "there is no time zone 'Mars/Base'"],
  ["tumbling(minutes(5), { zone: 'UTC' })", "'zone' is for calendar windows"],
  ['measured((e) => distinct(e.userId, { atMost: 0 }))', "'atMost' takes 1 to 1000000, not 0"],
  ['measured((e) => sum(e.amount, { atMost: 5 }))', "sum has no property 'atMost'"],
  ['measured((e) => histogram(e.quantity, []))', "Sales.measure: 'histogram' takes a list of 1 to 100 edges"],
  ['measured((e) => histogram(e.quantity, 5))', "'histogram' takes a list of 1 to 100 edges"],
  ["measured((e) => histogram(e.quantity, ['a']))", 'the edge a is no number of at most 15 digits'],
  ['measured((e) => histogram(e.quantity, [NaN]))', 'the edge NaN is no number of at most 15 digits'],
  ['measured((e) => histogram(e.quantity, [1, 1]))', 'edges ascend, and 1 follows 1'],
  [
    'measured((e) => histogram(e.amount, [10.555]))',
    'the edge 10.555 has more digits after the point than amount, which has 2',
  ],
  ['measured((e) => histogram(e.type, [1]))', "'histogram' takes a number, not type, which is oneOf"],
  [
    'measured((e) => histogram(e.quantity, [1]).plus(1))',
    "histogram(quantity, [1]) is a list and has no 'plus'",
  ],
  [
    "asked({ measure: (e) => ({ h: histogram(e.quantity, [1]) }), top: { n: 5, by: 'h' } })",
    "Sales.top: 'h' is a list, which has no order",
  ],
  [
    'measured((e) => quantile(e.amount, 95))',
    "'quantile' takes a share from 0 to 1 with at most 6 digits, not 95",
  ],
  ['measured((e) => quantile(e.amount))', 'not undefined (write quantile(amount, 0.95))'],
  ['measured((e) => quantile(e.amount, 0.12345678))', 'with at most 6 digits, not 0.12345678'],
  [
    'measured((e) => quantile(e.weight, 0.5))',
    "'quantile' counts exact values, and weight is a double (use an int",
  ],
  ['measured((e) => quantile(e.amount, 0.5, { accuracy: 0 }))', "quantile has no property 'accuracy'"],
  [
    'measured((e) => approxDistinct(e.weight))',
    "'approxDistinct' cannot tell doubles apart, and weight is one",
  ],
  ['measured((e) => approxDistinct(e.userId, { atMost: 5 }))', "approxDistinct has no property 'atMost'"],
  ['measured((e) => topK(e.userId, { n: 0 }))', "'n' takes 1 to 100, not 0 (write topK(userId, { n: 10 }))"],
  [
    'measured((e) => topK(e.userId, { n: 10, counters: 3 }))',
    "'counters' takes 10 (as many as are asked for) to 65536, not 3 (leave it out for 4096)",
  ],
  ['measured((e) => topK(e.userId, { n: 10, counters: 1e9 }))', 'to 65536, not 1000000000'],
  ['measured((e) => topK(e.userId, { n: 10, error: 0 }))', "topK has no property 'error'"],
  ['measured((e) => topK(e.amount, { n: 10 }))', "'topK' counts texts, ids and ints, and amount is decimal"],
  ['measured((e) => topK(e.userId))', 'topK takes an object with where, n, counters'],
  ['measured((e) => breakdown(e.type, count(), { top: 0 }))', "'top' takes 1 to 1000, not 0"],
  [
    'measured((e) => breakdown(e.type, count(), { top: 10, atMost: 5 }))',
    "'atMost' takes 10 (as many as are shown) to 100000, not 5 (leave it out for 1000)",
  ],
  [
    'measured((e) => breakdown(e.type, mean(e.amount), { top: 1 }))',
    "'breakdown' takes count() or sum(value), not mean(amount)",
  ],
  [
    'measured((e) => breakdown(e.type, count().last(hours(1)), { top: 1 }))',
    'a window goes on the breakdown: breakdown(e.country, count(), { top: 10 }).last(hours(1))',
  ],
  [
    'measured((e) => breakdown(e.type, sum(e.weight), { top: 1 }))',
    "'breakdown' adds exact values, and weight is a double (use an int or a decimal field)",
  ],
  [
    'measured((e) => breakdown(e.amount, count(), { top: 1 }))',
    "'breakdown' takes a text, id or int of an event as its key, not amount",
  ],
  [
    'measured((e) => ema(e.amount, { halfLife: 5 }))',
    "'halfLife' takes a duration such as minutes(5), not 5",
  ],
  [
    'measured((e) => ema(e.amount, { halfLife: days(366) }))',
    "'halfLife' takes 1 s to 365 days, not 31622400000 ms (write { halfLife: hours(1) })",
  ],
  [
    'measured((e) => ema(e.weight, { halfLife: hours(1) }))',
    "'ema' weighs exact values, and weight is a double",
  ],
  [
    'measured((e) => sum(e.amount.times(e.quantity)).decaying({ halfLife: hours(1) }))',
    "'decaying' weighs values of at most 15 digits, and amount.times(quantity) has 27",
  ],
  ['measured(() => count().decaying({ halfLive: 1 }))', "decaying has no property 'halfLive' (did you mean"],
  [
    'measured((e) => mean(e.amount).decaying({ halfLife: hours(1) }))',
    "mean(amount) is a number and has no 'decaying'",
  ],
  [
    'measured(() => count().last(hours(1)).decaying({ halfLife: hours(1) }))',
    "count().last(1 h) is a number and has no 'decaying'",
  ],
  [
    'measured((e) => ratioOf(e.amount, count()))',
    "'ratioOf' takes two measures that are numbers, not amount",
  ],
  ['measured(() => ratioOf(count(), 2))', "'ratioOf' takes two measures that are numbers, not 2"],
  ['measured(() => count({ were: 1 }))', "count has no property 'were' (did you mean 'where'?)"],
  ['measured(() => count().clamp(1, 0))', "'clamp' takes the low bound first"],
  ['measured(() => count().round(1.5))', "'round' takes 0 to 12 digits"],
  ['measured(() => count().plus(Infinity))', 'Infinity is no number a definition can hold'],
  ['measured(() => count().plus(2 ** 60))', 'has more than 15 digits'],
  ['measured((e) => mean(e.userId))', "'mean' takes a number, not userId, which is id"],
  ['measured(() => greatest(1, 2))', "'greatest' takes two numbers, not 1 (write greatest(value, 10))"],
  ['measured(() => sum(count()))', "'sum' takes a value of one event, but count() is a measure already"],
  ["measured(() => { throw new Error('oops') })", 'Sales.measure: oops'],
  ["view('sales', {})", 'view("sales"): a name starts with a capital'],
  ["asked({ top: { n: 1e9, by: 'n' } })", "Sales.top: 'n' takes 1 to 10000"],
  ["asked({ clock: 'stream' })", "Sales.clock: is 'wall' or 'event', not 'stream'"],
  ['Item.of(3)', 'Item.of takes a text of the event, not 3'],
])('a view: %s', (code, sentence) => {
  expect(told(code)).toContain(sentence)
})

test.each<[string, string]>([
  ['made({ fields: {} })', 'Ev.fields: there must be at least one field'],
  ["made({ key: 'kk' })", "Ev.key: there is no field 'kk' (did you mean 'k'?): the fields are k, at, o"],
  ["made({ dedupe: 'o' })", "Ev.dedupe: 'o' may be missing"],
  ["made({ key: 'at' })", "Ev.key: 'at' is instant and cannot tell things apart"],
  ["made({ fields: { k: 'id' } })", 'Ev.fields.k: a field is id(), text()'],
  ['made({ fields: { _id: id() } })', "Ev.fields._id: '_id' is no name"],
  [
    'made({ fields: { userId: id(), user_id: id() } })',
    "Ev.fields.user_id: 'user_id' and 'userId' are one name in SQL",
  ],
  ['made({ lateness: 5 })', "Ev.lateness: 'lateness' takes a duration such as minutes(5), not 5"],
  ['made({ lateness: minutes(-1) })', 'minutes(-1) is no duration'],
  ['made({ horizon: days(90) })', 'Ev.horizon: 90 d is more than 30 days'],
  ['decimal(19, 2)', 'decimal(19, 2): 1 to 18 digits'],
  ['decimal(4, 5)', 'decimal(4, 5): 0 to 4 digits after the point'],
  ["oneOf('a', 'a')", "oneOf has 'a' twice"],
  ['oneOf()', 'oneOf takes texts'],
  [
    "table('Tab', { fields: { k: int() }, key: 'k', from: file('x.csv') })",
    "Tab.key: 'k' is int (the key of a table is id(), text() or oneOf(…))",
  ],
  ["table('Tab', { fields: { k: id() }, key: 'k' })", 'Tab.from: a table comes from a file'],
])('an event or a table: %s', (code, sentence) => {
  expect(told(code)).toContain(sentence)
})
