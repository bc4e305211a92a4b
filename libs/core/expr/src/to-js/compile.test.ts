import { describe, expect, it } from 'vitest'
import type { Binary, Expr, Unary, Value } from '../node.ts'
import type { Type } from '../type.ts'
import { compileRowExpr } from './compile.ts'

const INT: Type = { kind: 'int', digits: 15 }
const CENTS: Type = { kind: 'decimal', digits: 12, scale: 2 }
const NUMBER: Type = { kind: 'number' }
const TEXT: Type = { kind: 'text' }
const FLAG: Type = { kind: 'boolean' }
const INSTANT: Type = { kind: 'instant' }

const field = (name: string, type: Type): Expr => ({ op: 'field', name, type, optional: true })
const literal = (value: string | number | boolean, type: Type): Expr => ({
  op: 'literal',
  value,
  type,
  optional: false,
})
const a = (type: Type): Expr => field('a', type)
const b = (type: Type): Expr => field('b', type)

const two = (op: Binary, type: Type, x: Expr, y: Expr): Expr => ({ op, type, optional: true, args: [x, y] })

const one = (op: Unary, type: Type, x: Expr): Expr => ({ op, type, optional: true, args: [x] })
const round = (digits: number, type: Type): Expr => ({
  op: 'round',
  digits,
  type,
  optional: true,
  args: [a(type)],
})

const wide: Type = { kind: 'decimal', digits: 27, scale: 2 }
const lastDay = Date.UTC(1969, 11, 31, 23, 59)

interface Row {
  readonly a?: Value
  readonly b?: Value
}

describe('a compiled expression', () => {
  it.each<[string, Expr, Row, Value]>([
    ['brings an int and a decimal to one scale', two('plus', CENTS, a(INT), b(CENTS)), { a: 2, b: -150 }, 50],
    [
      'adds past 2^53 exactly',
      two('plus', wide, a(wide), b(wide)),
      { a: 2 ** 53 - 1, b: 1 },
      9007199254740992n,
    ],
    [
      'comes back from bigint to number',
      two('minus', wide, a(wide), b(wide)),
      { a: 9007199254740993n, b: 9007199254740000n },
      993,
    ],
    [
      'multiplies exactly',
      two('times', wide, a(INT), b(CENTS)),
      { a: 999_999_999_999_999, b: -999_999_999_999 },
      -999999999998999000000000001n,
    ],
    ['has no −0', two('times', wide, a(INT), b(CENTS)), { a: 0, b: -5 }, 0],
    ['divides to a double', two('dividedBy', NUMBER, a(CENTS), b(INT)), { a: 150, b: 4 }, 0.375],
    ['divides by 0 to missing', two('dividedBy', NUMBER, a(CENTS), b(INT)), { a: 150, b: 0 }, null],
    ['divides by missing to missing', two('dividedBy', NUMBER, a(CENTS), b(INT)), { a: 150, b: null }, null],
    ['makes infinity missing', two('times', NUMBER, a(NUMBER), b(NUMBER)), { a: 1e200, b: 1e200 }, null],
    ['compares at one scale', two('is', FLAG, a(INT), b(CENTS)), { a: 3, b: 300 }, true],
    ['compares exact with double', two('above', FLAG, a(CENTS), b(NUMBER)), { a: 151, b: 1.5 }, true],
    [
      'compares bigint with number',
      two('above', FLAG, a(wide), b(wide)),
      { a: 9007199254740993n, b: 5 },
      true,
    ],
    ['greatest of a missing one is missing', two('greatest', INT, a(INT), b(INT)), { a: 3, b: null }, null],
    ['least', two('least', CENTS, a(INT), b(CENTS)), { a: 3, b: 299 }, 299],
    ['missing and false is false', two('and', FLAG, a(FLAG), b(FLAG)), { a: null, b: false }, false],
    ['missing and true is missing', two('and', FLAG, a(FLAG), b(FLAG)), { a: true, b: null }, null],
    ['missing or true is true', two('or', FLAG, a(FLAG), b(FLAG)), { a: null, b: true }, true],
    ['missing or false is missing', two('or', FLAG, a(FLAG), b(FLAG)), { a: false, b: null }, null],
    ['not missing is missing', one('not', FLAG, a(FLAG)), { a: null }, null],
    ['only where true: missing is not', two('onlyIf', INT, a(INT), b(FLAG)), { a: 3, b: null }, null],
    ['or else widens', two('orElse', CENTS, a(CENTS), literal('7', INT)), { a: null }, 700],
    ['rounds half away from zero', round(1, CENTS), { a: 125 }, 130],
    ['rounds half away from zero below it', round(1, CENTS), { a: -125 }, -130],
    ['rounds 2^53 and more', round(0, wide), { a: 900719925474099350n }, 900719925474099400n],
    ['rounds a double', round(1, NUMBER), { a: -0.25 }, -0.3],
    ['rounds a double to no −0', round(0, NUMBER), { a: -0.4 }, 0],
    ['log1p at −1 is missing', one('log1p', NUMBER, a(NUMBER)), { a: -1 }, null],
    ['lowers A to Z only', one('lower', TEXT, a(TEXT)), { a: 'ÄBC İ' }, 'Äbc İ'],
    ['hour before 1970', one('hourOfDay', INT, a(INSTANT)), { a: lastDay }, 23],
    ['an empty text is not missing', one('isMissing', FLAG, a(TEXT)), { a: '' }, false],
    [
      'start of quarter before 1970',
      { op: 'startOf', unit: 'quarter', type: INSTANT, optional: true, args: [a(INSTANT)] },
      { a: lastDay },
      Date.UTC(1969, 9, 1),
    ],
    [
      'a text without a weight weighs 0',
      { op: 'weigh', weights: { x: '0.25' }, type: CENTS, optional: true, args: [a(TEXT)] },
      { a: 'constructor' },
      0,
    ],
    [
      'weighs',
      { op: 'weigh', weights: { x: '-0.25' }, type: CENTS, optional: true, args: [a(TEXT)] },
      { a: 'x' },
      -25,
    ],
    [
      'caps',
      { op: 'clamp', type: INT, optional: true, args: [a(INT), null, literal('5', INT)] },
      { a: 9 },
      5,
    ],
    [
      'clamps',
      { op: 'clamp', type: INT, optional: true, args: [a(INT), literal('-1', INT), literal('5', INT)] },
      { a: -9 },
      -1,
    ],
    [
      'a missing text is in nothing, nor is it not',
      { op: 'isIn', values: ['x'], type: FLAG, optional: true, args: [a(TEXT)] },
      { a: null },
      null,
    ],
    [
      'takes quotes and line ends as they are',
      two('is', FLAG, a(TEXT), literal('"\'\\\n\u2028`${', TEXT)),
      { a: '"\'\\\n\u2028`${' },
      true,
    ],
  ])('%s', (_, expr, row, expected) => {
    expect(compileRowExpr(expr)({ a: null, b: null, ...row })).toBe(expected)
  })

  it('looks up rows of a table; a missing key has none', () => {
    const lookup: Expr = {
      op: 'lookup',
      table: 'Item',
      field: 'group',
      type: TEXT,
      optional: true,
      args: [a(TEXT)],
    }
    const group = compileRowExpr(lookup, new Map([['Item', new Map([['i1', { group: 'tea' }]])]]))
    expect([{ a: 'i1' }, { a: 'i2' }, { a: null }].map((row) => group(row))).toEqual(['tea', null, null])
    expect(() => compileRowExpr(lookup)).toThrow("no table 'Item' is loaded")
  })
})
