import { JsBody } from '@tidewater/expr'
import { describe, expect, it } from 'vitest'
import { approxDistinct } from './approx-distinct.ts'

const REGISTERS = 4096
const STANDARD_ERROR = 1.04 / Math.sqrt(REGISTERS)

/** How many texts 'v0', 'v1' … there seem to be. */
const seen = (count: number, name: (n: number) => string = (n) => `v${n}`): number => {
  const body = new JsBody()
  const arg = { op: 'field', name: 'x', type: { kind: 'text' }, optional: false } as const
  const code = approxDistinct.code({ fn: 'approxDistinct', arg, where: null, options: {} }, body)
  const input = { value: { source: 'name(n)', nullable: false }, at: '0', partition: '0', offset: '0' }
  return body.build<(count: number, name: (n: number) => string) => number>(`return (count, name) => {
    const s = [${code.zeros.join(', ')}];
    for (let n = 0; n < count; n++) { ${code.add(['s[0]'], input)} }
    return ${code.present(['s[0]'], { asOf: '0', read: null }).source};
  }`)(count, name)
}

describe('approxDistinct', () => {
  it('of nothing is 0, and repeats do not count', () => {
    expect(seen(0)).toBe(0)
    expect(seen(1000, (n) => `v${n % 7}`)).toBe(7)
  })

  it.each([10, 100, 1_000, 5_000, 10_000, 20_000, 100_000, 300_000])(
    'of %i values is within four standard errors of the truth',
    (count) => {
      expect(Math.abs(seen(count) - count) / count).toBeLessThan(4 * STANDARD_ERROR)
    },
  )

  it('has an error of 1.6 % on the average of many sets', () => {
    const sets = Array.from({ length: 24 }, (_, set) => seen(20_000, (n) => `${set}/${n}`) / 20_000 - 1)
    const error = Math.sqrt(sets.reduce((sum, x) => sum + x * x, 0) / sets.length)
    expect(error).toBeLessThan(1.35 * STANDARD_ERROR)
    expect(error).toBeGreaterThan(0.65 * STANDARD_ERROR)
  })

  it('no count of empty registers lies so near a half that two logarithms could round it apart', () => {
    const fractions = Array.from(
      { length: REGISTERS },
      (_, n) => REGISTERS * Math.log(REGISTERS / (n + 1)) + 0.5,
    )
    for (const x of fractions) {
      if (x > 10_500) continue
      expect(Math.abs(x - Math.round(x)) === 0 || Math.abs(x - Math.round(x)) > 1e-9).toBe(true)
    }
  })
})
