import { expect, test } from 'vitest'
import { count, definitionOf, explainStream, pick, stream, sum, topicOf, view } from './index.ts'
import type { StreamDefinition } from './index.ts'
import { Sale, catalogOf, measure, refused, viewOf } from './sale-fixture.ts'
import { told } from './untyped-fixture.ts'

const ByItem = stream('ByItem', {
  doc: 'Sales by what is sold.',
  from: Sale,
  where: (e) => e.itemId.isKnown(),
  select: (e) => ({ ...pick(e, 'at', 'sort'), item: e.itemId.orElse(''), twice: e.amount.times(2) }),
  key: 'item',
})
const Dear = stream('Dear', { from: ByItem, where: (e) => e.twice.above(100) })
const BySort = stream('BySort', { from: Dear, key: 'sort' })
const Items = view('Items', {
  from: ByItem,
  by: 'item',
  measure: (e) => ({ n: count(), twice: sum(e.twice) }),
})

test('a stream with a key of its own is an event that the platform sends', () => {
  const { events, streams } = catalogOf([Items, ByItem, Sale])
  expect([...events.keys()]).toEqual(['Sale', 'ByItem'])
  expect(events.get('ByItem')).toEqual({
    kind: 'event',
    name: 'ByItem',
    doc: 'Sales by what is sold.',
    fields: [
      { name: 'at', type: { kind: 'instant' }, optional: false },
      { name: 'sort', type: { kind: 'oneOf', values: ['a', 'b'] }, optional: false },
      { name: 'item', type: { kind: 'id' }, optional: false },
      { name: 'twice', type: { kind: 'decimal', digits: 10, scale: 2 }, optional: false },
    ],
    key: 'item',
    time: 'at',
    latenessMs: 600_000,
    horizonMs: Number.MAX_SAFE_INTEGER,
    dedupe: null,
    madeBy: streams.get('ByItem'),
  })
  const { from, through, where } = viewOf(Items)
  expect([from, through, where]).toEqual(['ByItem', null, null])
})

test('streams of streams with keys are found in any order of files', () => {
  const { events } = catalogOf([BySort, Dear, ByItem, Sale])
  expect([...events.keys()]).toEqual(['Sale', 'ByItem', 'BySort'])
  expect(events.get('BySort')?.madeBy).toMatchObject({ kind: 'stream', through: { name: 'Dear' } })
  const explained = explainStream(
    definitionOf(BySort) as StreamDefinition,
    catalogOf([BySort, Dear, ByItem, Sale]),
  )
  expect([explained.topic, explained.sent]).toEqual([
    topicOf('ByItem'),
    { topic: topicOf('BySort'), key: 'sort' },
  ])
})

test('what is sent cannot be made of itself, nor of what is not there', () => {
  const first = stream('A', { from: Sale, key: 'sort' })
  const second = stream('B', { from: first, key: 'sort' })
  const third = stream('A', { from: second, key: 'sort' })
  expect(refused(() => [Sale, second, third])).toContain('is made of itself: B from A from B')
  expect(
    refused(() => [stream('C', { from: stream('C', { from: Sale, key: 'sort' }), key: 'sort' })]),
  ).toContain('C is made of itself: C from C')
  expect(refused(() => [first])).toContain('shop.ts: A: reads the event Sale, which no loaded file exports')
  expect(refused(() => [Sale, view('V', { from: first, measure })])).toContain(
    'shop.ts: V: reads the event A, which no loaded file exports',
  )
})

test.each<[string, string]>([
  ["streamed({ key: 'usrId' })", "St.key: there is no field 'usrId' (did you mean 'userId'?)"],
  ["streamed({ key: 'productId' })", "St.key: 'productId' may be missing"],
  ["streamed({ key: 'at' })", "St.key: 'at' is instant and cannot tell things apart"],
  [
    "streamed({ select: (e) => pick(e, 'userId'), key: 'userId' })",
    "St.key: a stream with a key of its own keeps the time of its records, and no field is 'at' (add it: select: (e) => ({ …, at: e.at }))",
  ],
  [
    "streamed({ select: (e) => ({ ...pick(e, 'userId', 'at'), n: e.quantity.times(10) }), key: 'userId' })",
    "St.key: 'n' may need 17 digits, and an int in a record has at most 15",
  ],
  [
    "streamed({ select: (e) => ({ ...pick(e, 'userId', 'at'), n: e.amount.times(e.quantity) }), key: 'userId' })",
    "St.key: 'n' may need 27 digits, and a decimal in a record has at most 18",
  ],
])('a stream with a key: %s', (code, sentence) => {
  expect(told(code)).toContain(sentence)
})
