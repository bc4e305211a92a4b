import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ByteReader,
  MAX_EXACT_BYTES,
  putCount,
  putDouble,
  putExact,
  putSigned,
  putText,
  reserve,
} from './bytes.ts'

const MAX = Number.MAX_SAFE_INTEGER
const edges = [0, 1, 63, 64, 127, 128, 8191, 8192, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 38, MAX]
const count = fc.oneof(fc.constantFrom(...edges), fc.maxSafeNat())
const signed = count.chain((n) => fc.constantFrom(n, 0 - n))
const big = fc
  .bigInt({ min: -(10n ** 39n), max: 10n ** 39n })
  .filter((x) => x > BigInt(MAX) || x < BigInt(-MAX))

const roundTrip =
  <T>(put: (bytes: Uint8Array, at: number, value: T) => number, get: (reader: ByteReader) => T) =>
  (value: T): void => {
    const bytes = new Uint8Array(5_000)
    const end = put(bytes, 3, value)
    const reader = new ByteReader()
    reader.reset(bytes, 3)
    expect(get(reader)).toBe(value)
    expect(reader.at).toBe(end)
  }

describe('the codec reads what it wrote, to the byte', () => {
  it.each([
    ['count', count, roundTrip(putCount, (r) => r.count())],
    ['signed', signed.map((x) => x + 0), roundTrip(putSigned, (r) => r.signed())],
    ['double', fc.double({ noNaN: true }), roundTrip(putDouble, (r) => r.double())],
    ['text', fc.string({ unit: 'binary', maxLength: 1_000 }), roundTrip(putText, (r) => r.text())],
    ['ascii', fc.string({ maxLength: 100 }), roundTrip(putText, (r) => r.text())],
    [
      'exact',
      fc.oneof(
        signed.map((x) => x + 0),
        big,
      ),
      roundTrip(putExact, (r) => r.exact()),
    ],
  ] as const)('%s', (_, values, check) => {
    fc.assert(fc.property(values as fc.Arbitrary<never>, (value) => (check as (value: never) => void)(value)))
  })
  it('an exact number never takes more than its bound', () => {
    const bytes = new Uint8Array(100)
    expect(putExact(bytes, 0, -(10n ** 39n))).toBeLessThanOrEqual(MAX_EXACT_BYTES)
  })
  it('a sink grows and keeps what it holds', () => {
    const sink = { bytes: Uint8Array.of(7, 8), length: 2 }
    const bytes = reserve(sink, 5_000)
    expect(bytes).toBe(sink.bytes)
    expect(bytes.length).toBeGreaterThanOrEqual(5_002)
    expect([...bytes.subarray(0, 2)]).toEqual([7, 8])
  })
})
