import {
  addExact,
  exactToNumber,
  multiplyExact,
  powerOfTen,
  rescaleExact,
  roundExact,
  subtractExact,
} from '@tidewater/base'
import type { Binary, Op } from '../node.ts'
import { isExact, isNumeric, scaleOf } from '../type.ts'
import type { Type } from '../type.ts'
import type { JsBody } from './js-body.ts'

/** Exact values of at most this many digits are always safe integers, so plain arithmetic is exact. */
const SAFE_DIGITS = 15

const digitsOf = (type: Type): number => (isExact(type) ? type.digits : Infinity)
const fits = (type: Type): boolean => digitsOf(type) <= SAFE_DIGITS

/** The finite double, else null. */
export const finite = (x: number): number | null => (x - x === 0 ? x + 0 : null)

/** Rounds a double half away from zero, in the one formula that all engines use. */
export const roundNumber = (x: number, digits: number): number => {
  const power = 10 ** digits
  const magnitude = Math.floor(Math.abs(x) * power + 0.5) / power
  return x < 0 ? 0 - magnitude : magnitude
}

/** Brings a non-null value of one type to another: exact to a wider scale or to double. */
export const convert = (body: JsBody, name: string, from: Type, to: Type): string => {
  if (!isNumeric(from) || !isNumeric(to) || from.kind === 'number') return name
  const scale = scaleOf(from)
  if (to.kind === 'number') {
    if (fits(from)) return scale === 0 ? name : `${name} / ${10 ** scale}`
    return `${body.constant(exactToNumber)}(${name}, ${scale})`
  }
  const target = scaleOf(to)
  if (target === scale) return name
  if (target > scale && digitsOf(from) + target - scale <= SAFE_DIGITS)
    return `${name} * ${powerOfTen(target - scale)} + 0`
  return `${body.constant(rescaleExact)}(${name}, ${scale}, ${target})`
}

type Arithmetic = 'plus' | 'minus' | 'times'

const SUMS = { plus: ['+', addExact], minus: ['-', subtractExact] } as const

/** Source of `a op b` for non-null operands; the result is of `expr.type`. */
export const arithmetic = (body: JsBody, expr: Op<Binary>, op: Arithmetic, a: string, b: string): string => {
  const [left, right] = expr.args
  const to = expr.type
  if (to.kind === 'number') {
    const [x, y] = [convert(body, a, left.type, to), convert(body, b, right.type, to)]
    const sign = op === 'times' ? '*' : SUMS[op][0]
    return `${body.constant(finite)}((${x}) ${sign} (${y}))`
  }
  if (op === 'times') return product(body, expr, a, b)
  const [x, y] = [convert(body, a, left.type, to), convert(body, b, right.type, to)]
  const [sign, exact] = SUMS[op]
  return fits(to) ? `(${x}) ${sign} (${y})` : `${body.constant(exact)}(${x}, ${y})`
}

const product = (body: JsBody, expr: Op<Binary>, a: string, b: string): string => {
  const [left, right] = expr.args
  const scale = scaleOf(left.type) + scaleOf(right.type)
  const to = scaleOf(expr.type)
  const small = digitsOf(left.type) + digitsOf(right.type) <= SAFE_DIGITS
  const source = small ? `${a} * ${b} + 0` : `${body.constant(multiplyExact)}(${a}, ${b})`
  return scale === to ? source : `${body.constant(rescaleExact)}(${source}, ${scale}, ${to})`
}

/** Source of the rounded non-null value, still at its type's scale. */
export const rounded = (body: JsBody, name: string, type: Type, digits: number): string => {
  if (type.kind === 'number') return `${body.constant(roundNumber)}(${name}, ${digits})`
  return digits >= scaleOf(type) ? name : `${body.constant(roundExact)}(${name}, ${scaleOf(type)}, ${digits})`
}
