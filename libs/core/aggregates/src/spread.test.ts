import { JsBody } from '@tidewater/expr'
import type { Type, Value } from '@tidewater/expr'
import { describe, expect, it } from 'vitest'
import { spread } from './spread.ts'

const deviation = spread('deviation')
const variance = spread('variance')

/** The deviation, or the variance, of values added one by one. */
const of = (type: Type, values: readonly Value[], which = deviation): number | null => {
  const body = new JsBody()
  const arg = { op: 'field', name: 'x', type, optional: true } as const
  const code = which.code({ fn: 'deviation', arg, where: null, options: {} }, body)
  const slots = ['s[0]', 's[1]', 's[2]']
  const input = { value: { source: 'x', nullable: true }, at: '0', partition: '0', offset: '0' }
  return body.build<(values: readonly Value[]) => number | null>(`return (values) => {
    const s = [${code.zeros.join(', ')}];
    for (const x of values) { ${code.add(slots, input)} }
    return ${code.present(slots, { asOf: '0', read: null }).source};
  }`)(values)
}

const INT: Type = { kind: 'int', digits: 15 }
const CENTS: Type = { kind: 'decimal', digits: 12, scale: 2 }
const NUMBER: Type = { kind: 'number' }

describe('deviation', () => {
  it.each<[string, Type, Value[], number | null]>([
    ['of nothing is missing', INT, [], null],
    ['of missing values is missing', INT, [null, null], null],
    ['of one value is 0', CENTS, [1250], 0],
    ['is that of the population', INT, [2, 4, 4, 4, 5, 5, 7, 9], 2],
    ['is in the unit of the values', CENTS, [200, 400, 400, 400, 500, 500, 700, 900], 2],
    ['of doubles', NUMBER, [2, 4, 4, 4, 5, 5, 7, 9], 2],
    ['of negative values', INT, [-2, -4, -4, -4, -5, -5, -7, -9], 2],
    [
      'of the widest values that differ in the last digit',
      INT,
      [999_999_999_999_998, 999_999_999_999_999],
      0.5,
    ],
    [
      'of the widest values on both sides',
      INT,
      [999_999_999_999_999, -999_999_999_999_999],
      999_999_999_999_999,
    ],
    ['of equal doubles that sum to noise is 0', NUMBER, [0.1, 0.1, 0.1], 0],
    ['of doubles whose squares are infinite is missing', NUMBER, [1e200, -1e200], null],
  ])('%s', (_, type, values, expected) => {
    expect(of(type, values)).toBe(expected)
  })

  it('refuses exact values whose squares leave too little room for a sum', () => {
    expect(deviation.refuses?.({ kind: 'decimal', digits: 16, scale: 2 }, 'x', {})?.wrong).toBe(
      "'deviation' keeps exact squares of at most 30 digits, and x has 16, so its square 32",
    )
    expect(deviation.refuses?.(INT, 'x', {})).toBeNull()
    expect(deviation.refuses?.(NUMBER, 'x', {})).toBeNull()
  })
})

describe('variance', () => {
  it.each<[string, Type, Value[], number | null]>([
    ['of nothing is missing', INT, [], null],
    ['is that of the population', INT, [2, 4, 4, 4, 5, 5, 7, 9], 4],
    ['is in the square of the unit of the values', CENTS, [200, 400, 400, 400, 500, 500, 700, 900], 4],
    ['of doubles', NUMBER, [2, 4, 4, 4, 5, 5, 7, 9], 4],
    [
      'of the widest values that differ in the last digit',
      INT,
      [999_999_999_999_998, 999_999_999_999_999],
      0.25,
    ],
    ['of equal doubles that sum to noise is 0', NUMBER, [0.1, 0.1, 0.1], 0],
    ['of doubles whose squares are infinite is missing', NUMBER, [1e200, -1e200], null],
  ])('%s', (_, type, values, expected) => {
    expect(of(type, values, variance)).toBe(expected)
  })
})
