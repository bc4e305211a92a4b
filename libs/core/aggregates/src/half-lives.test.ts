import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { overRows } from './over-rows-fixture.ts'
import type { TestRow } from './over-rows-fixture.ts'

const HOUR = 3_600_000
const CENTS = { kind: 'decimal', digits: 12, scale: 2 } as const
const INT = { kind: 'int', digits: 15 } as const

const ema = (rows: readonly TestRow[], halfLife = HOUR) =>
  overRows({ fn: 'ema', type: CENTS, options: { halfLife: { ms: halfLife } } }, rows)
const decayed = (rows: readonly TestRow[], asOf: number, halfLife = HOUR) =>
  overRows({ fn: 'decayingSum', type: INT, options: { halfLife: { ms: halfLife } }, asOf }, rows)

describe('ema', () => {
  it('of nothing is missing, of one value that value, however old', () => {
    expect(ema([{}])).toBeNull()
    expect(ema([{ at: -1e15, value: 1234 }])).toBe(12.34)
  })

  it('a half-life ago counts half', () => {
    expect(
      ema([
        { at: 0, value: 300 },
        { at: HOUR, value: 600 },
      ]),
    ).toBe(5)
    expect(
      ema([
        { at: HOUR, value: 600 },
        { at: 0, value: 300 },
      ]),
    ).toBe(5)
  })

  it('half a half-life ago counts 1/√2', () => {
    const weight = Math.SQRT1_2
    expect(
      ema([
        { at: 0, value: 100 },
        { at: HOUR / 2, value: 200 },
      ]),
    ).toBeCloseTo((weight + 2) / (weight + 1), 5)
  })

  it('what is 40 half-lives older is forgotten, also when it comes late', () => {
    expect(
      ema([
        { at: 40 * HOUR, value: 100 },
        { at: 0, value: 99_999_999_999 },
      ]),
    ).toBe(1)
  })
})

describe('a decaying sum', () => {
  it('of nothing is 0', () => {
    expect(decayed([], 0)).toBe(0)
  })

  it.each([
    [0, 8],
    [HOUR, 4],
    [3 * HOUR, 1],
    [-HOUR, 16],
    [1e6 * HOUR, 0],
  ])('of 8 at 0 is at %i ms %d', (asOf, expected) => {
    expect(decayed([{ at: 0, value: 8 }], asOf)).toBe(expected)
  })

  it('beyond every double is missing', () => {
    expect(decayed([{ at: 0, value: 8 }], -2_000 * HOUR)).toBeNull()
  })

  it('differs from the sum in doubles by at most 0.0003 % of all that was added', () => {
    const row = fc.record({
      at: fc.integer({ min: -1e12, max: 1e12 }),
      value: fc.integer({ min: -1e9, max: 1e9 }),
    })
    const rows = fc.array(row, { maxLength: 50 })
    const halfLife = fc.integer({ min: 1_000, max: 365 * 86_400_000 })
    fc.assert(
      fc.property(rows, halfLife, (all, ms) => {
        const asOf = Math.max(0, ...all.map(({ at }) => at))
        const weighed = all.map(({ at, value }) => value * 2 ** ((at - asOf) / ms))
        const exact = weighed.reduce((sum, x) => sum + x, 0)
        const size = weighed.reduce((sum, x) => sum + Math.abs(x), 0)
        // A row of 1e9 that is just forgotten weighs 2^-39 of that.
        const forgotten = all.length * (1e9 * 2 ** -39 + 2 ** -31)
        expect(Math.abs((decayed(all, asOf, ms) as number) - exact)).toBeLessThanOrEqual(
          3e-6 * size + forgotten,
        )
      }),
    )
  })
})
