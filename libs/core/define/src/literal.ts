import type { Expr, Type } from '@tidewater/expr'
import { mistake } from './mistake.ts'

/** A number as exact decimal text without exponent: 1e-7 → '0.0000001'. */
export const decimalText = (number: number): string => {
  if (!Number.isFinite(number)) throw mistake(`${number} is no number a definition can hold`)
  if (Math.abs(number) > Number.MAX_SAFE_INTEGER)
    throw mistake(`the number ${number} has more than 15 digits`)
  const text = String(number === 0 ? 0 : number)
  const small = /^(-?)(\d)(?:\.(\d+))?e-(\d+)$/.exec(text)
  if (small === null) return text
  const [, sign = '', whole = '', fraction = '', zeros = '0'] = small
  return `${sign}0.${'0'.repeat(Number(zeros) - 1)}${whole}${fraction}`
}

/** The narrowest exact type that holds a decimal text. */
export const exactTypeOf = (text: string): Extract<Type, { kind: 'int' | 'decimal' }> => {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.')
  const digits = whole.replace(/^0+/, '').length
  if (fraction === '') return { kind: 'int', digits: Math.max(digits, 1) }
  return { kind: 'decimal', digits: digits + fraction.length, scale: fraction.length }
}

/** A number literal: exact, unless it stands beside a double. */
export const numberLiteral = (number: number, beside: Type): Expr => {
  const text = decimalText(number)
  if (beside.kind === 'number')
    return { op: 'literal', type: beside, optional: false, value: number === 0 ? 0 : number }
  return { op: 'literal', type: exactTypeOf(text), optional: false, value: text }
}
