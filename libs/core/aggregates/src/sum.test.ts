import { JsBody, MAX_EXPRESSION_DIGITS, SUM_DIGITS } from '@tidewater/expr'
import type { Type, Value } from '@tidewater/expr'
import { describe, expect, it } from 'vitest'
import { sum } from './sum.ts'

/** The sum of values added one by one. */
const of = (type: Type, values: readonly Value[]): Value => {
  const body = new JsBody()
  const arg = { op: 'field', name: 'x', type, optional: false } as const
  const code = sum.code({ fn: 'sum', arg, where: null, options: {} }, body)
  const input = { value: { source: 'x', nullable: false }, at: '0', partition: '0', offset: '0' }
  return body.build<(values: readonly Value[]) => Value>(`return (values) => {
    const s = [${code.zeros.join(', ')}];
    for (const x of values) { ${code.add(['s[0]'], input)} }
    return ${code.present(['s[0]'], { asOf: '0', read: null }).source};
  }`)(values)
}

const WIDEST: Type = { kind: 'decimal', digits: MAX_EXPRESSION_DIGITS, scale: 2 }
const widest = 10n ** 27n - 1n

describe('a decimal sum at its limit', () => {
  it('is exact across 2^53 and comes back to a plain number', () => {
    const money: Type = { kind: 'decimal', digits: 16, scale: 2 }
    expect(of(money, [9_007_199_254_740_991, 1])).toBe(9_007_199_254_740_992n)
    expect(of(money, [9_007_199_254_740_991, 1, -2])).toBe(9_007_199_254_740_990)
  })
  it('adds the widest values a row may have exactly', () => {
    expect(
      of(
        WIDEST,
        Array.from({ length: 1_000 }, () => widest),
      ),
    ).toBe(999_999_999_999_999_999_999_999_999_000n)
    expect(of(WIDEST, [widest, -widest])).toBe(0)
  })
  it('has room for 10^11 of them in 38 digits, and 38 digits fit 128 bits', () => {
    expect(String(widest * 10n ** 11n)).toHaveLength(SUM_DIGITS)
    expect(10n ** BigInt(SUM_DIGITS) < 2n ** 127n).toBe(true)
  })
  it('of doubles is missing when it is infinite', () => {
    expect(of({ kind: 'number' }, [1.7e308, 1.7e308])).toBeNull()
  })
})
