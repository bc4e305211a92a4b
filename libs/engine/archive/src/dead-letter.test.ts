import { PlatformError } from '@tidewater/base'
import type { LogRecord, NewRecord } from '@tidewater/ports'
import { expect, test } from 'vitest'
import { appendDead, deadLetter } from './dead-letter.ts'

const place = { topic: 'event.sale', partition: 3 }
const record = (over: Partial<LogRecord>): LogRecord => ({
  offset: 7,
  appendedAt: 1,
  key: null,
  value: new TextEncoder().encode('not json'),
  headers: {},
  ...over,
})
const why = { reason: 'no', why: 'invalid' } as const
const pointer = {
  id: 'event.sale/3/7',
  reason: 'no',
  kind: 'invalid',
  topic: 'event.sale',
  partition: '3',
  offset: '7',
}
/** No text of n characters is longer than 3n bytes. */
const mostBytes = ({ key, value, headers }: NewRecord): number =>
  value.length +
  3 *
    [key ?? '', ...Object.keys(headers), ...Object.values(headers)].reduce(
      (sum, text) => sum + text.length,
      0,
    )

test('a small record is kept whole', () => {
  const letter = deadLetter(place, record({ key: Buffer.from('k'), headers: { id: 'a' } }), why)
  expect(letter).toMatchObject({ key: 'k', headers: { ...pointer, 'original.id': 'a' } })
  expect(letter.headers).not.toHaveProperty('truncated')
  expect(Buffer.from(letter.value).toString()).toBe('not json')
})

test.each([
  ['a header of 340 kB', record({ headers: { trace: Buffer.alloc(340_000, 97) } })],
  [
    'a key of 40 kB and a value of 890 kB',
    record({ key: Buffer.alloc(40_000, 97), value: Buffer.alloc(890_000, 32) }),
  ],
  ['a key of 900 kB that is no text', record({ key: Buffer.alloc(900_000, 0xff) })],
  [
    'ten thousand headers',
    record({ headers: Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`header-${n}`, 'x'])) }),
  ],
])(
  '%s: the letter fits into a batch of a megabyte, names the record and says what it left out',
  (_what, large) => {
    const letter = deadLetter(place, large, why)
    expect(mostBytes(letter)).toBeLessThan(950_000)
    const size =
      (large.key?.length ?? 0) +
      (large.value?.length ?? 0) +
      Object.entries(large.headers).reduce(
        (sum, [name, value]) => sum + name.length + (value?.length ?? 0),
        0,
      )
    expect(letter.headers).toMatchObject({ ...pointer, truncated: `${size} bytes` })
  },
)

test('a reason of any length is cut', () => {
  expect(
    deadLetter(place, record({}), { ...why, reason: 'x'.repeat(50_000) }).headers['reason']?.length,
  ).toBe(1000)
})

test('a topic that takes less: letters that are too large for it go as a pointer, the others whole', async () => {
  const kept: NewRecord[] = []
  const log = {
    append: async (_topic: string, records: readonly NewRecord[]) => {
      if (records.reduce((sum, letter) => sum + letter.value.length, 0) > 1000)
        throw new PlatformError('LIMIT', 'too large', 'send less')
      return records.map((letter) => kept.push(letter))
    },
  }
  const letters = [100, 5000, 950].map((size) =>
    deadLetter(place, record({ value: Buffer.alloc(size, 97) }), why),
  )
  expect(await appendDead(log, 'event.sale.dead', letters)).toBe(1)
  expect(kept.map(({ value }) => value.length)).toEqual([100, 0, 950])
  expect(kept[1]?.headers).toEqual({ ...pointer, truncated: '5000 bytes' })
})
