import { parseExact } from '@tidewater/base'
import type { Exact } from '@tidewater/base'
import type { Value } from '../node.ts'
import { SUM_DIGITS, isExact, scaleOf } from '../type.ts'
import type { Type } from '../type.ts'

/** An exact literal ('0.1' or 5) at a scale. Throws when it has more digits than that. */
export const exactLiteral = (text: string | number, scale: number): Exact => {
  const value = parseExact(String(text), scale, SUM_DIGITS)
  if (value === null) throw new Error(`'${text}' is no exact number with ${scale} digits after the point`)
  return value
}

/** The run-time value of a literal of a type. */
export const literalValue = (value: string | number | boolean, type: Type): Value => {
  if (typeof value === 'boolean') return value
  if (isExact(type)) return exactLiteral(value, scaleOf(type))
  return type.kind === 'number' || type.kind === 'instant' ? Number(value) : value
}

/** A run-time value as source text. */
export const sourceOf = (value: Value): string => {
  if (typeof value === 'bigint') return `(${value}n)`
  if (typeof value === 'number' && value < 0) return `(${value})`
  return JSON.stringify(value)
}
