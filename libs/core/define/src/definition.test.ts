import { expect, test } from 'vitest'
import { count, describe as words, distinct, latest, minutes, session, sum, tumbling, view } from './index.ts'
import { Item, Sale, viewOf } from './sale-fixture.ts'

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
      options: {},
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
