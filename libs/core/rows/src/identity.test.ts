import { describe, expect, test } from 'vitest'
import { decimal, definitionOf, event, id, instant, int, oneOf, text, type EventDefinition } from 'tidewater'
import { identityOf } from './identity.ts'

const fields = {
  orderNo: int(),
  weight: decimal(18, 3),
  ref: id(),
  note: text(),
  kind: oneOf('a', 'b'),
  shop: id(),
  at: instant(),
}
const eventBy = (dedupe: 'orderNo' | 'weight' | 'ref' | 'note' | 'kind' | null): EventDefinition =>
  definitionOf(
    event('Order', { fields, key: 'shop', time: 'at', ...(dedupe === null ? {} : { dedupe }) }),
  ) as EventDefinition

const row = { orderNo: 7, weight: -2_500, ref: 'r1', note: '', kind: 'b', shop: 's', at: 0 }
const place = { topic: 'event.order', partition: 3 }
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value)
const sent = (headers: Record<string, string | Uint8Array>, value: string | null = null, offset = 12) => ({
  headers,
  value: value === null ? null : bytes(value),
  offset,
})

describe('the field named by dedupe tells copies, whatever its type and whatever else the record says', () => {
  test.each([
    ['orderNo', '7'],
    ['weight', '-2.500'],
    ['ref', 'r1'],
    ['kind', 'b'],
  ] as const)('%s', (dedupe, expected) => {
    const identity = identityOf(eventBy(dedupe))
    for (const offset of [1, 2])
      expect(identity(sent({ id: `h${offset}` }, '{"_id":"x"}', offset), row, place)).toBe(expected)
  })
  test('a decimal beyond the doubles keeps every digit', () => {
    const identity = identityOf(eventBy('weight'))
    expect(identity(sent({}), { ...row, weight: 999_999_999_999_999_999n }, place)).toBe(
      '999999999999999.999',
    )
  })
})

describe('without dedupe: the header, then _id, then the place', () => {
  const identity = identityOf(eventBy(null))
  test.each([
    [sent({ id: 'h' }, '{"_id":"x"}'), 'h'],
    [sent({ id: bytes('h') }, '{"_id":"x"}'), 'h'],
    [sent({ id: '' }, '{"_id":"x"}'), 'x'],
    [sent({}, '{"a":1,"_id":"x"}'), 'x'],
    [sent({}, '{"_id":"a\\u0062"}'), 'ab'],
    [sent({}, '{"_id":"x","_id":"y"}'), 'y'],
    [sent({}, '{"a":1}'), 'event.order/3/12'],
    [sent({}, null), 'event.order/3/12'],
  ])('%#', (record, expected) => expect(identity(record, row, place)).toBe(expected))
  test('a byte order mark in front belongs to the id, in every form', () => {
    const marked = '\ufeffh'
    for (const record of [
      sent({ id: marked }),
      sent({ id: bytes(marked) }),
      sent({ id: Buffer.from(marked) }),
      sent({}, `{"_id":"${marked}"}`),
      sent({}, `{"a":1,"_id":"${marked}"}`),
    ])
      expect(identity(record, row, place)).toBe(marked)
  })
})
