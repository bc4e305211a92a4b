import { JsBody } from '@tidewater/expr'
import type { Value } from '@tidewater/expr'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quantile } from './quantile.ts'

/** The value at a share of cents, in cents. */
const at = (share: number, values: readonly Value[]): number | null => {
  const body = new JsBody()
  const type = { kind: 'decimal', digits: 15, scale: 2 } as const
  const arg = { op: 'field', name: 'x', type, optional: true } as const
  const code = quantile.code({ fn: 'quantile', arg, where: null, options: {} }, body)
  const input = { value: { source: 'x', nullable: true }, at: '0', partition: '0', offset: '0' }
  return body.build<(values: readonly Value[]) => number | null>(`return (values) => {
    const s = [${code.zeros.join(', ')}];
    for (const x of values) { ${code.add(['s[0]'], input)} }
    return ${code.present(['s[0]'], { asOf: '0', read: String(share) }).source};
  }`)(values)
}

describe('quantile', () => {
  it.each<[string, number, Value[], number | null]>([
    ['of nothing is missing', 0.5, [null], null],
    ['of one value is that value', 0.5, [7], 7],
    ['takes the value at the rank, no mean of two', 0.5, [1, 2, 3, 4], 2],
    ['0 is the least', 0, [3, -200, 5], -200],
    ['1 is the greatest', 1, [3, -200, 5], 5],
    ['counts equal values each', 0.75, [1, 9, 9, 9], 9],
    // 0.07 × 100 is a little more than 7 in doubles, which would be the rank 8.
    ['has no rounding in its rank', 0.07, Array.from({ length: 100 }, (_, n) => n + 1), 7],
    ['zeros and negatives are in order', 0.5, [-5, 0, 0, 0, 5], 0],
    // 1000 = 1111101000b: 8 bits kept, two more halved.
    ['of great values is the middle of the bucket', 0.5, [1000], 1002],
  ])('%s', (_, share, values, expected) => {
    expect(at(share, values)).toBe(expected)
  })

  it('is at most 1/256 of the exact answer off, whatever the values', () => {
    const cents = fc.oneof(
      fc.integer(),
      fc.maxSafeInteger().map((x) => x % 10 ** 15),
      fc.integer({ min: -300, max: 300 }),
    )
    fc.assert(
      fc.property(
        fc.array(cents, { minLength: 1, maxLength: 200 }),
        fc.constantFrom(0, 0.1, 0.5, 0.9, 0.95, 0.999, 1),
        (values, share) => {
          const sorted = [...values].sort((a, b) => a - b)
          const exact = sorted[
            Math.max(1, Math.ceil((share * 1000 * values.length) / 1000 - 1e-9)) - 1
          ] as number
          expect(Math.abs((at(share, values) as number) - exact)).toBeLessThanOrEqual(Math.abs(exact) / 256)
        },
      ),
    )
  })

  it('refuses doubles with the cure', () => {
    expect(quantile.refuses?.({ kind: 'number' }, 'x', {})).toEqual({
      wrong: "'quantile' counts exact values, and x is a double",
      cure: 'use an int or a decimal field',
    })
  })
})
