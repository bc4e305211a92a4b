import { expect, test } from 'vitest'
import { decimal, definitionOf, event, instant, int, id, type EventDefinition } from 'tidewater'
import { rowEncoder, type EncodeOptions } from './encode-row.ts'

const columns = ['orderNo', 'weight', 'shop', 'at']
const options: EncodeOptions = {
  ...{ zone: 'UTC', timeFormat: null, decimal: '.', thousands: ',' },
  ...{ nulls: [], idColumns: [] },
}
const idBy = (dedupe: 'orderNo' | 'weight', cells: readonly string[]): unknown => {
  const made = definitionOf(
    event('Order', {
      fields: { orderNo: int(), weight: decimal(9, 3), shop: id(), at: instant() },
      ...{ key: 'shop', time: 'at', dedupe },
    }),
  ) as EventDefinition
  const encode = rowEncoder(made, columns, { columns: [0, 1, 2, 3], id: -1 }, options)
  return encode({ line: 2, broken: null, cells, text: () => '' })
}

test('the id of a number is the number, not how the file happens to write it', () => {
  const cells = ['001,007', '2.5', 's', '2026-11-21T10:00:00Z']
  expect(idBy('orderNo', cells)).toMatchObject({ id: '1007' })
  expect(idBy('weight', cells)).toMatchObject({ id: '2.500' })
})
