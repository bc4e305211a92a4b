import { describe as group, expect, it } from 'vitest'
import { describe } from './describe.ts'
import { change, days, decimal, definitionOf, event, id, instant, minutes, rate, view } from './index.ts'
import type { ViewDefinition } from './index.ts'
import { told } from './untyped-fixture.ts'

const Tick = event('Tick', {
  fields: { symbol: id(), at: instant(), price: decimal(9, 2).optional() },
  key: 'symbol',
  time: 'at',
})
const Market = view('Market', {
  from: Tick,
  by: 'symbol',
  measure: (e) => ({
    busy: rate().last(minutes(5)),
    busyBefore: rate({ where: e.price.above(10) }).previous(minutes(5)),
    moved: change(e.price),
    movedToday: change(e.price).last(days(1)),
  }),
})
const { measures } = definitionOf(Market) as ViewDefinition

group('rate and change', () => {
  it('are two aggregates side by side', () => {
    expect(measures.map(({ expr }) => describe(expr))).toEqual([
      'count().last(5 min).dividedBy(300).orElse(0)',
      'count(where: price.above(10)).previous(5 min).dividedBy(300).orElse(0)',
      'latest(price).minus(earliest(price))',
      'latest(price).last(1 d).minus(earliest(price).last(1 d))',
    ])
  })
  it('know their types: a rate is always there, a change is exact and may be missing', () => {
    expect(measures.map(({ expr: { type, optional } }) => [type.kind, optional])).toEqual([
      ['number', false],
      ['number', false],
      ['decimal', true],
      ['decimal', true],
    ])
  })
  it.each<[string, string]>([
    [
      'measured(() => rate())',
      "'n' must be a measure, not an object (end it with .last(minutes(1)) or .previous",
    ],
    ['measured((e) => change(e.type))', "'change' takes a number of an event, not type (a text)"],
    ['measured(() => change(3))', "'change' takes a number of an event, not 3"],
    [
      'measured((e) => change(e.quantity).last(minutes(1)).last(minutes(2)))',
      '.last(…) goes on an aggregate, before arithmetic',
    ],
    ['measured(() => rate({ were: 1 }))', "count has no property 'were'"],
  ])('%s', (code, sentence) => {
    expect(told(code)).toContain(sentence)
  })
})
