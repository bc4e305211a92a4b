import { expect, test } from 'vitest'
import {
  definitionOf,
  explainOperator,
  join,
  matched,
  minutes,
  none,
  pattern,
  pick,
  step,
  stream,
  view,
} from './index.ts'
import { Sale, catalogOf, measure } from './sale-fixture.ts'

const OfSortA = stream('OfSortA', { from: Sale, where: (e) => e.sort.is('a') })
const Again = join('Again', {
  doc: 'What follows a sale.',
  ...{ left: Sale, right: OfSortA, on: ['shop', 'itemId'], within: { after: minutes(10) }, keep: 'left' },
  select: (sale, next) => ({ ...pick(sale, 'shop', 'at'), sold: matched(next), units: next.units }),
})
const Twenty = pattern('Twenty', {
  ...{ on: OfSortA, by: 'shop', within: minutes(1) },
  match: (e) => [step('many', e.amount.above(3)).times(20).distinct(e.itemId), none(e.sort.is('b'))],
  select: ({ many }) => ({ sales: many.count() }),
})
const Shops = view('Shops', { from: Again, by: 'shop', measure })

const explained = (made: unknown) => {
  const found = definitionOf(made)
  if (found?.kind !== 'join' && found?.kind !== 'pattern') throw new Error('neither a join nor a pattern')
  return explainOperator(found, catalogOf([Sale, OfSortA, Again, Twenty, Shops]))
}

test('a join explains itself', () => {
  expect(explained(Again)).toEqual({
    ...{ name: 'Again', kind: 'join', doc: 'What follows a sale.', source: 'shop.ts' },
    topic: 'event.again_sides',
    words: [
      ['left', 'Sale'],
      ['right', "OfSortA from Sale where sort.is('a').and(itemId.isKnown())"],
      ['on', 'shop, itemId'],
      ['within', '10 min after'],
      ['keep', 'left'],
      ['match', 'each'],
    ],
    sent: { topic: 'event.again', key: 'shop', time: 'at' },
    fields: [
      { name: 'shop', type: 'id', missing: false, definition: 'left.shop' },
      { name: 'at', type: 'instant', missing: false, definition: 'left.at' },
      { name: 'sold', type: 'boolean', missing: false, definition: 'matched' },
      { name: 'units', type: 'int', missing: true, definition: 'right.units' },
    ],
    readers: ['Shops'],
  })
})

test('a pattern explains itself', () => {
  expect(explained(Twenty)).toMatchObject({
    ...{ name: 'Twenty', kind: 'pattern', topic: 'event.sale', readers: [] },
    sent: { topic: 'event.twenty', key: 'shop', time: 'at' },
    words: [
      ['on', 'OfSortA from Sale'],
      ['where', "sort.is('a')"],
      ['by', 'shop'],
      ['match', "many: amount.above(3) 20 times, each with another itemId, then none of sort.is('b')"],
      ['within', '1 min'],
    ],
  })
})
