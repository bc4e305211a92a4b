import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareText } from '@tidewater/base'
import { passes } from './filter.ts'

describe('compareText', () => {
  it('orders as UTF-8 bytes do, not as UTF-16 units', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'é', '\u0800', '\uffee', '\ud7ff', '😀', '𐀀'),
      maxLength: 4,
    })
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareText(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
      }),
    )
  })
})

describe('passes', () => {
  it.each([
    ['a', { eq: 'a' }, true],
    ['a', { eq: 'b' }, false],
    ['a', { in: ['b', 'a'] }, true],
    ['a', { in: [] }, false],
    ['abc', { startsWith: 'ab' }, true],
    [5, { gt: 4, lte: 5 }, true],
    [5, { gt: 5 }, false],
    [2n ** 70n, { gt: 10 }, true],
    [null, { isNull: true }, true],
    [null, { isNull: false }, false],
    [null, { lt: 5 }, false],
    [null, { isNull: true, lt: 5 }, false],
    [1, { isNull: true }, false],
    [1, { isNull: false }, true],
    [1, {}, true],
    [null, {}, false],
  ])('%s %j %s', (value, test, expected) => {
    expect(passes(value, test)).toBe(expected)
  })
  it('compares with bounds of more digits exactly', () => {
    // 10.50 against 10.501: the column has two digits, the bound three
    expect(passes(1050, { lt: 10501, extraDigits: 1 })).toBe(true)
    expect(passes(1050, { eq: 10501, extraDigits: 1 })).toBe(false)
    expect(passes(1050, { eq: 10500, extraDigits: 1 })).toBe(true)
  })
})
