import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  absExact,
  addExact,
  compareExact,
  exactToNumber,
  formatExact,
  multiplyExact,
  negateExact,
  normalizeExact,
  rescaleExact,
  roundExact,
  subtractExact,
  widenExact,
} from './exact.ts'
import { parseExact } from './parse-exact.ts'

const big = fc.oneof(
  fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }),
  fc.bigInt({ min: -(2n ** 54n), max: 2n ** 54n }),
  fc.bigInt({ min: -1000n, max: 1000n }),
)
const scale = fc.integer({ min: 0, max: 12 })

describe('exact numbers agree with BigInt', () => {
  const binary = (ours: (a: never, b: never) => unknown, truth: (a: bigint, b: bigint) => bigint) =>
    fc.assert(
      fc.property(big, big, (a, b) => {
        const got = ours(normalizeExact(a) as never, normalizeExact(b) as never)
        expect(Object.is(got, normalizeExact(truth(a, b)))).toBe(true)
      }),
      { numRuns: 2000 },
    )
  test('add', () => binary(addExact, (a, b) => a + b))
  test('subtract', () => binary(subtractExact, (a, b) => a - b))
  test('multiply', () => binary(multiplyExact, (a, b) => a * b))
  test('compare, negate, abs', () => {
    fc.assert(
      fc.property(big, big, (a, b) => {
        expect(compareExact(normalizeExact(a), normalizeExact(b))).toBe(a < b ? -1 : a > b ? 1 : 0)
        expect(Object.is(negateExact(normalizeExact(a)), normalizeExact(-a))).toBe(true)
        expect(Object.is(absExact(normalizeExact(a)), normalizeExact(a < 0n ? -a : a))).toBe(true)
      }),
    )
  })
  test('never minus zero', () => {
    expect(Object.is(multiplyExact(0, -5), 0)).toBe(true)
    expect(Object.is(negateExact(0), 0)).toBe(true)
    expect(Object.is(parseExact('-0.00', 2, 12), 0)).toBe(true)
  })
})

describe('scale', () => {
  test('widening and rounding back is the identity', () => {
    fc.assert(
      fc.property(big, scale, scale, (a, from, more) => {
        const x = normalizeExact(a)
        expect(rescaleExact(widenExact(x, from, from + more), from + more, from)).toBe(x)
      }),
    )
    expect(() => widenExact(15, 2, 1)).toThrow('round instead')
  })
  test('rounds half away from zero', () => {
    expect(rescaleExact(2555, 3, 2)).toBe(256)
    expect(rescaleExact(-2555, 3, 2)).toBe(-256)
    expect(rescaleExact(2554, 3, 2)).toBe(255)
    expect(roundExact(2555, 3, 2)).toBe(2560)
    expect(roundExact(2555, 3, 5)).toBe(2555)
  })
  test('to the nearest double', () => {
    fc.assert(
      fc.property(big, scale, (a, s) => {
        const x = normalizeExact(a)
        expect(exactToNumber(x, s)).toBe(Number(formatExact(x, s)))
      }),
    )
  })
})

describe('text', () => {
  test('format then parse is the identity', () => {
    fc.assert(
      fc.property(big, scale, (a, s) => {
        const x = normalizeExact(a)
        expect(parseExact(formatExact(x, s), s, 39)).toBe(x)
      }),
      { numRuns: 2000 },
    )
  })
  test.each([
    ['2.5', 2, 12, 250],
    ['-2.5', 2, 12, -250],
    ['+2.5', 2, 12, 250],
    ['2.500', 2, 12, 250],
    ['007', 0, 3, 7],
    ['.5', 2, 12, 50],
    ['5.', 2, 12, 500],
    ['1e3', 2, 12, 100_000],
    ['1e-7', 7, 12, 1],
    ['12E-1', 1, 4, 12],
    ['999999999999999', 0, 15, 999_999_999_999_999],
    ['9007199254740993', 0, 18, 9007199254740993n],
    ['9007199254740993', 0, 16, 9007199254740993n],
    ['99999999999999.9999', 4, 18, 999999999999999999n],
    ['0', 0, 1, 0],
    ['100', 2, 5, 10_000],
  ])('%s at scale %d within %d digits is %s', (text, s, digits, value) => {
    expect(parseExact(text, s, digits)).toBe(value)
  })
  test.each([
    ['2.555', 2, 12],
    ['1000', 0, 3],
    ['100', 2, 4],
    ['', 2, 12],
    ['.', 2, 12],
    ['-', 2, 12],
    ['1,5', 2, 12],
    [' 1', 2, 12],
    ['0x10', 2, 12],
    ['NaN', 2, 12],
    ['Infinity', 2, 12],
    ['1e999', 2, 12],
    ['1_000', 0, 12],
    ['--1', 0, 12],
    ['1.2.3', 2, 12],
  ])('%j at scale %d within %d digits is refused', (text, s, digits) => {
    expect(parseExact(text, s, digits)).toBeNull()
  })
  test('fixed digits', () => {
    expect(formatExact(4776808812, 3)).toBe('4776808.812')
    expect(formatExact(-5, 2)).toBe('-0.05')
    expect(formatExact(0, 2)).toBe('0.00')
  })
})
