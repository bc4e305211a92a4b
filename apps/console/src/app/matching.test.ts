import { expect, test } from 'vitest'
import { matching } from './matching.ts'

const commands = [
  { kind: 'page', name: 'Views', doc: 'every definition' },
  { kind: 'view', name: 'Sales by product', doc: 'what is sold' },
  { kind: 'explain', name: 'Sales by product: explain', doc: 'SQL of both engines' },
  { kind: 'view', name: 'Top products', doc: 'the best sales' },
] as const

const found = (text: string) => matching(commands, text).map(({ name }) => name)

test('what begins with the words comes first, then names that hold them, then descriptions', () => {
  expect(found('sales')).toEqual(['Sales by product', 'Sales by product: explain', 'Top products'])
  expect(found('product top')).toEqual(['Top products'])
  expect(found('')).toHaveLength(4)
  expect(found('nothing like it')).toEqual([])
})
