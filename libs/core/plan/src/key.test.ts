import fc from 'fast-check'
import type { Type, Value } from '@tidewater/expr'
import { describe, expect, it } from 'vitest'
import { decodeKey, encodeKey } from './key.ts'

const TEXT: Type = { kind: 'text' }
const PRICE: Type = { kind: 'decimal', digits: 18, scale: 2 }

interface Part {
  readonly type: Type
  readonly optional: boolean
  readonly values: fc.Arbitrary<Value>
}

const text = fc.string({ unit: 'grapheme' })
const parts: readonly Part[] = [
  { type: TEXT, optional: false, values: text },
  { type: { kind: 'id' }, optional: true, values: fc.option(text) },
  {
    type: PRICE,
    optional: false,
    values: fc.oneof(fc.maxSafeInteger(), fc.constantFrom(-999_999_999_999_999_999n, 9_007_199_254_740_993n)),
  },
  { type: { kind: 'int', digits: 15 }, optional: true, values: fc.option(fc.maxSafeInteger()) },
  { type: { kind: 'instant' }, optional: false, values: fc.integer({ min: -1e12, max: 4e12 }) },
  { type: { kind: 'boolean' }, optional: false, values: fc.boolean() },
]

const keyed = fc.subarray([...parts]).chain((keys) =>
  fc.record({
    keys: fc.constant(keys),
    a: fc.tuple(...keys.map(({ values }) => values)),
    b: fc.tuple(...keys.map(({ values }) => values)),
  }),
)

describe('the key text', () => {
  it('comes back as the values it was made of, and differs when they differ', () => {
    fc.assert(
      fc.property(keyed, ({ keys, a, b }) => {
        const plain = (values: readonly Value[]): Value[] => values.map((x) => (x === 0 ? 0 : x))
        expect(decodeKey(encodeKey(plain(a), keys), keys)).toEqual(plain(a))
        const equal = plain(a).every((value, n) => value === plain(b)[n])
        expect(encodeKey(plain(a), keys) === encodeKey(plain(b), keys)).toBe(equal)
      }),
    )
  })
  it('is the text itself for one text, a JSON array otherwise, empty for no key', () => {
    expect(encodeKey(['a"b'], [{ type: TEXT, optional: false }])).toBe('a"b')
    expect(encodeKey(['a"b'], [{ type: TEXT, optional: true }])).toBe('["a\\"b"]')
    expect(encodeKey([null], [{ type: TEXT, optional: true }])).toBe('[null]')
    expect(
      encodeKey(
        [-1250, 7],
        [
          { type: PRICE, optional: false },
          { type: { kind: 'instant' }, optional: false },
        ],
      ),
    ).toBe('["-12.50",7]')
    expect(encodeKey([], [])).toBe('')
  })
  it('refuses text of another shape', () => {
    expect(() => decodeKey('[1]', [parts[1]!, parts[2]!])).toThrow('no key of 2 parts')
  })
})
