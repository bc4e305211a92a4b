import { expect, test } from 'vitest'
import { lineEncoder } from './line-encoder.ts'
import { SALE, saleRow } from './test-event.ts'

const place = { id: 'a"b', partition: 3, offset: 12, appendedAt: 99 }

test('exact numbers are text, instants ms, missing null, names snake_case', () => {
  const row = saleRow({ at: -1, price: -1500, units: 999_999_999_999_999, weight: 0.1, gift: false })
  expect(lineEncoder(SALE)(row, place)).toBe(
    '{"shop_id":"s1","at":-1,"price":"-1.500","units":"999999999999999","note":null,"weight":0.1,"gift":false,' +
      '"_id":"a\\"b","_partition":3,"_offset":12,"_appended_at":99}\n',
  )
})

test('a lone surrogate becomes readable UTF-8', () => {
  const line = lineEncoder(SALE)(saleRow({ note: 'x\ud800y\n\u0000' }), place)
  expect(JSON.parse(line)).toMatchObject({ note: 'x\ufffdy\n\u0000' })
})
