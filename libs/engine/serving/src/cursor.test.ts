import type { OrderTerm } from '@tidewater/merge'
import { expect, test } from 'vitest'
import { decodeCursor, encodeCursor, type Cursor } from './cursor.ts'

const order: readonly OrderTerm[] = [
  { column: 'units', direction: 'DESC' },
  { column: 'start', direction: 'ASC' },
]
const cursor: Cursor = {
  ...{ generation: 'g3-x', order, asOf: 1_767_268_800_000, from: null, to: 1_767_268_800_001 },
  position: { values: [12345678901234567890n, null], start: 60_000, id: '["ä",""]' },
}

test('a cursor comes back as it was given, integers beyond a double included', () => {
  expect(decodeCursor(encodeCursor(cursor), order)).toEqual(cursor)
})

test('a page of another order is refused, and so is what is no cursor', () => {
  const text = encodeCursor(cursor)
  const others: readonly (readonly OrderTerm[])[] = [
    [],
    [...order].reverse(),
    [{ column: 'units', direction: 'ASC' }, ...order.slice(1)],
    order.slice(0, 1),
  ]
  for (const other of others) expect(() => decodeCursor(text, other)).toThrow('another order')
  for (const bad of ['', 'x', text.slice(1), Buffer.from('[1]').toString('base64url')])
    expect(() => decodeCursor(bad, order)).toThrow('no cursor')
})
