import { MAX_EXPRESSION_DIGITS, SUM_DIGITS, scaleOf } from '@tidewater/expr'
import type { Type } from '@tidewater/expr'
import { mistake } from './mistake.ts'
import type { Scope } from './value.ts'

type Exact = Extract<Type, { kind: 'int' | 'decimal' }>

const NUMBER: Type = { kind: 'number' }
/** The most digits after the point of a measure; leaves 20 before it in Decimal(38). */
const MAX_MEASURE_SCALE = 18

const exactOf = (type: Type): Exact => {
  if (type.kind === 'int' || type.kind === 'decimal') return type
  throw mistake(`${type.kind} is no exact number`)
}

const made = (a: Exact, b: Exact, digits: number, scale: number, scope: Scope): Type => {
  const kind = a.kind === 'int' && b.kind === 'int' ? 'int' : 'decimal'
  if (scope === 'event' && digits > MAX_EXPRESSION_DIGITS) {
    throw mistake(
      `needs ${digits} digits, and one event's exact value has at most ${MAX_EXPRESSION_DIGITS}`,
      'declare narrower fields such as decimal(9, 2): an int has 15 digits',
    )
  }
  if (scope === 'measure' && scale > MAX_MEASURE_SCALE) {
    throw mistake(
      `has ${scale} digits after the point, a measure at most ${MAX_MEASURE_SCALE}`,
      'round a part first',
    )
  }
  const width = Math.min(digits, SUM_DIGITS)
  return kind === 'int' ? { kind, digits: width } : { kind, digits: width, scale }
}

const isDouble = (a: Type, b: Type): boolean => a.kind === 'number' || b.kind === 'number'
const before = (type: Exact): number => type.digits - scaleOf(type)

/** plus, minus: one digit more than the wider. */
export const sumType = (a: Type, b: Type, scope: Scope): Type => {
  if (isDouble(a, b)) return NUMBER
  const [x, y] = [exactOf(a), exactOf(b)]
  const scale = Math.max(scaleOf(x), scaleOf(y))
  return made(x, y, Math.max(before(x), before(y)) + scale + 1, scale, scope)
}

/** times: the digits add. */
export const productType = (a: Type, b: Type, scope: Scope): Type => {
  if (isDouble(a, b)) return NUMBER
  const [x, y] = [exactOf(a), exactOf(b)]
  return made(x, y, x.digits + y.digits, scaleOf(x) + scaleOf(y), scope)
}

/** The type that holds either: orElse, greatest, least, clamp, and comparisons. */
export const eitherType = (a: Type, b: Type, scope: Scope): Type => {
  if (isDouble(a, b)) return NUMBER
  const [x, y] = [exactOf(a), exactOf(b)]
  const scale = Math.max(scaleOf(x), scaleOf(y))
  return made(x, y, Math.max(before(x), before(y)) + scale, scale, scope)
}

/** round: the scale stays, and 9.99 may become 10.00, one digit more. */
export const roundedType = (type: Type, digits: number): Type =>
  type.kind !== 'decimal' || digits >= type.scale
    ? type
    : { ...type, digits: Math.min(type.digits + 1, SUM_DIGITS) }
