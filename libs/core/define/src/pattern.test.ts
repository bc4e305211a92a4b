import { expect, test } from 'vitest'
import {
  boolean,
  definitionOf,
  event,
  id,
  instant,
  int,
  minutes,
  none,
  oneOf,
  operatorsFrom,
  pattern,
  step,
  stream,
  view,
} from './index.ts'
import type { PatternDefinition } from './index.ts'
import { catalogOf, measure, viewOf } from './sale-fixture.ts'
import { told } from './untyped-fixture.ts'

const Connection = event('Connection', {
  fields: {
    sourceIp: id(),
    target: id(),
    port: int(),
    refused: boolean(),
    at: instant(),
    sort: oneOf('a', 'b'),
  },
  key: 'sourceIp',
  time: 'at',
})
const PortScan = pattern('PortScan', {
  doc: 'One address that tries many doors.',
  on: Connection,
  by: 'sourceIp',
  match: (c) => [step('probe', c.refused).times(20).distinct(c.port), none(c.sort.is('b'))],
  within: minutes(1),
  select: ({ probe }) => ({ probes: probe.count(), from: probe.first.at, last: probe.port }),
})
const patternOf = (made: unknown): PatternDefinition => {
  const found = definitionOf(made)
  if (found?.kind !== 'pattern') throw new Error('no pattern')
  return found
}

test('a pattern reads the log of its source, and its rows are an event that the platform sends', () => {
  const Scans = view('Scans', { from: PortScan, by: 'sourceIp', where: (e) => e.probes.above(3), measure })
  const catalog = catalogOf([Scans, PortScan, Connection])
  expect([...catalog.events.keys()]).toEqual(['Connection', 'PortScan'])
  expect(catalog.events.get('PortScan')).toEqual({
    kind: 'event',
    name: 'PortScan',
    doc: 'One address that tries many doors.',
    fields: [
      { name: 'sourceIp', type: { kind: 'id' }, optional: false },
      { name: 'at', type: { kind: 'instant' }, optional: false },
      { name: 'probes', type: { kind: 'int', digits: 4 }, optional: false },
      { name: 'from', type: { kind: 'instant' }, optional: false },
      { name: 'last', type: { kind: 'int', digits: 15 }, optional: false },
    ],
    key: 'sourceIp',
    time: 'at',
    latenessMs: 600_000,
    horizonMs: Number.MAX_SAFE_INTEGER,
    dedupe: null,
    madeBy: patternOf(PortScan),
  })
  expect(operatorsFrom(catalog, 'Connection')).toEqual([patternOf(PortScan)])
  expect(viewOf(Scans).from).toBe('PortScan')
  const { kept, parts } = patternOf(PortScan)
  expect(kept.map(({ name }) => name)).toEqual(['port', 'at'])
  expect(parts.map((part) => [part.kind, part.kind === 'step' ? part.times : 0])).toEqual([
    ['step', 20],
    ['none', 0],
  ])
})

test('a pattern goes by the key of a log', () => {
  const twice = (on: typeof Connection) =>
    pattern('Twice', {
      on,
      by: 'target',
      match: (c) => [step('first', c.refused), step('then', c.refused.not())],
      within: minutes(1),
      select: ({ first, then }) => ({ port: first.port, now: then.last.port }),
    })
  expect(() => catalogOf([Connection, twice(Connection)])).toThrow(
    "shop.ts: Twice: goes by 'target', and the rows of Connection are in order by 'sourceIp' only",
  )
  const ByTarget = stream('ConnectionByTarget', { from: Connection, key: 'target' })
  const { events } = catalogOf([Connection, ByTarget, twice(ByTarget)])
  expect([...events.keys()]).toEqual(['Connection', 'ConnectionByTarget', 'Twice'])
})

test.each<[string, string]>([
  ['sequence({ match: () => [] })', 'Pa.match: there must be at least one step'],
  ['sequence({ match: undefined })', 'Pa.match: is a function of the event, not undefined'],
  ['sequence({ match: () => [3] })', 'Pa.match: is a list of steps, not 3'],
  ["sequence({ match: (e) => [none(e.type.is('click'))] })", 'Pa.match: begins with what must not come'],
  [
    "sequence({ match: (e) => [step('a', e.type.is('click'))] })",
    "Pa.match: one row is no sequence (a filter is a stream: stream('…'",
  ],
  [
    "sequence({ match: (e) => [step('a', e.amount), step('b', e.amount)] })",
    'Pa.match: must be a condition, not amount (a number)',
  ],
  [
    "sequence({ match: (e) => [step('a', e.type.is('click')).times(0)] })",
    "Pa.match: 'times' takes 1 to 1000, not 0",
  ],
  [
    "sequence({ match: (e) => [step('a', e.type.is('click')).times(1001)] })",
    "Pa.match: 'times' takes 1 to 1000, not 1001",
  ],
  [
    "sequence({ match: (e) => [step('a', e.type.is('click')).distinct(e.type), none(e.type.is('purchase'))] })",
    "Pa.match: step 'a' counts different values, and one is enough",
  ],
  [
    "sequence({ match: (e) => [step('a', e.type.is('click')).times(9).distinct(e.type)] })",
    "Pa.match: can never match: step 'a' waits for 9 different values of type, which has",
  ],
  [
    "sequence({ match: (e) => [step('a', e.type.is('click')).times(2).distinct(e.weight)] })",
    "Pa.match: 'distinct' cannot tell doubles apart",
  ],
  [
    "sequence({ match: (e) => [step('a', e.type.is('click')), step('a', e.type.is('purchase'))] })",
    "Pa.match: two steps are named 'a'",
  ],
  [
    "sequence({ match: (e) => [step('a', e.type.is('click')), none(e.type.is('purchase')), step('b', e.type.is('purchase'))] })",
    "Pa.match: can never match: the row that step 'b' waits for must not come before it",
  ],
  [
    "sequence({ match: (e) => [step('a', e.type.is('click')), none(e.type.is('purchase')), none(e.type.is('click'))] })",
    'Pa.match: none follows none (write none(a.or(b)): neither must come)',
  ],
  ["sequence({ match: (e) => [step('_', e.type.is('click'))] })", "Pa.match: '_' is no name"],
  ["sequence({ match: (e) => [step('a', e.type.is('clik')).times(2)] })", "Pa.match: type is never 'clik'"],
  [
    'twoClicks({ within: undefined })',
    'Pa.within: a pattern without a bound would keep its rows for ever (write within: minutes(30))',
  ],
  ['twoClicks({ within: days(400) })', 'Pa.within: 400 d is more than a year'],
  ["twoClicks({ by: 'nope' })", "Pa.by: ShopEvent has no field 'nope'"],
  ['twoClicks({ by: undefined })', 'Pa.by: a pattern goes by a field'],
  [
    "twoClicks({ by: 'productId' })",
    "Pa.by: 'productId' is missing in some rows, and the rows of ShopEvent are not in order by it (read a log that is: on: stream(",
  ],
  ['twoClicks({ on: Item })', 'Pa.on: a pattern reads an event or a stream, and Item is a table'],
  ['twoClicks({ select: undefined })', 'Pa.select: is a function of the steps, not undefined'],
  ['twoClicks({ select: ({ b }) => ({}) })', "the match of Pa has no field 'b'"],
  [
    'twoClicks({ select: ({ a }) => ({ at: a.at }) })',
    "Pa.select: 'at' is there already: each row has userId and at (give it another name)",
  ],
  [
    'twoClicks({ select: ({ a }) => ({ n: a.productid }) })',
    "a has no field 'productid' (did you mean 'productId'?)",
  ],
  [
    'twoClicks({ select: ({ a }) => ({ n: a }) })',
    'Pa.select.n: must be a value of the event, not an object',
  ],
  [
    'twoClicks({ select: ({ a }) => ({ n: a.count(), p: a.first.productId, q: a.last.productId }) })',
    'accepted',
  ],
])('a pattern: %s', (code, sentence) => {
  expect(told(code)).toContain(sentence)
})
