import { expect, test } from 'vitest'
import { hash128, hash128Hex } from './hash128.ts'
import { murmur2, partitionFor } from './murmur2.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

// Kafka's own UtilsTest.testMurmur2
test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('murmur2 of %s', (text, expected) => {
  expect(murmur2(bytes(text))).toBe(expected)
})

test('a partition is never negative and within bounds', () => {
  expect(partitionFor('foobar', 8)).toBe((-790332482 & 0x7fffffff) % 8)
  const seen = new Set(Array.from({ length: 500 }, (_, i) => partitionFor(`user ${i}`, 8)))
  expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
})

test('hash128 has the verification value of MurmurHash3 x86 128', () => {
  const all = new Uint8Array(256 * 16)
  for (let i = 0; i < 256; i++)
    all.set(
      hash128(
        Uint8Array.from({ length: i }, (_, j) => j),
        256 - i,
      ),
      i * 16,
    )
  expect(new DataView(hash128(all).buffer).getUint32(0, true)).toBe(0xb3ece62a)
})

test('hash128 as text', () => {
  expect(hash128Hex('')).toBe('0'.repeat(32))
  expect(hash128Hex('a')).not.toBe(hash128Hex('b'))
  expect(hash128Hex('ä')).toMatch(/^[0-9a-f]{32}$/)
})
