import { didYouMean, nearest, parseExact } from '@tidewater/base'
import type { Type, Value } from '@tidewater/expr'
import type { FieldDefinition } from 'tidewater'
import { EARLIEST_MS, LATEST_MS, parseInstant } from './parse-instant.ts'
import type { Reason } from './rejection.ts'

/** A JSON number as it was written; a double would already have lost digits. */
export class NumberText {
  readonly source: string

  constructor(source: string) {
    this.source = source
  }
}

/** A field's value as JSON has it. */
export type Json = string | boolean | null | NumberText | object

/** Says what a value is worth: the run-time value, or why it is none. Missing values are not its business. */
export type FieldRule = (
  value: Exclude<Json, null>,
) => { readonly value: Value } | { readonly wrong: Omit<Reason, 'field'> }

/** More digits than a double keeps exactly, so a writer that computes in doubles has already changed them. */
const EXACT_DIGITS = 15

export const ruleOf = (field: FieldDefinition, isIdentity: boolean): FieldRule => {
  const { type } = field
  switch (type.kind) {
    case 'id':
    case 'text':
      return (value) => textRule(value, isIdentity)
    case 'oneOf':
      return (value) => oneOfRule(value, type.values)
    case 'int':
      return intRule
    case 'decimal':
      return (value) => decimalRule(value, type)
    case 'number':
      return numberRule
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? { value } : wrong(value, 'true or false'))
    case 'instant':
      return instantRule
  }
}

const textRule = (value: Json, isIdentity: boolean): ReturnType<FieldRule> => {
  if (typeof value !== 'string') return wrong(value, 'text', 'put it in quotes')
  if (!value.isWellFormed())
    return { wrong: { message: 'has half a surrogate pair, which no UTF-8 can hold' } }
  return isIdentity && value === ''
    ? { wrong: { message: 'is empty, but tells one event from another' } }
    : { value }
}

const oneOfRule = (value: Json, values: readonly string[]): ReturnType<FieldRule> => {
  if (typeof value !== 'string') return wrong(value, `one of ${values.join(', ')}`)
  if (values.includes(value)) return { value }
  const meant = nearest(value, values)
  const message = `${inWords(value)} is not one of ${values.join(', ')}${didYouMean(value, values)}`
  return { wrong: meant === null ? { message } : { message, cure: `send "${meant}"` } }
}

const intRule: FieldRule = (value) => {
  if (!(value instanceof NumberText))
    return wrong(value, 'a whole number', 'send a JSON number without quotes')
  const exact = parseExact(value.source, 0, EXACT_DIGITS)
  if (exact !== null) return { value: exact }
  const whole = Number.isInteger(Number(value.source))
  return {
    wrong: { message: `${value.source} ${whole ? 'has more than 15 digits' : 'is not a whole number'}` },
  }
}

const decimalRule = (value: Json, type: Extract<Type, { kind: 'decimal' }>): ReturnType<FieldRule> => {
  const asNumber = value instanceof NumberText
  if (!asNumber && typeof value !== 'string') return wrong(value, 'a number')
  const source = asNumber ? value.source : value
  if (asNumber && significantDigits(source) > EXACT_DIGITS) {
    return { wrong: { message: `${source} has more than 15 digits`, cure: `send it as text: "${source}"` } }
  }
  const exact = parseExact(source, type.scale, type.digits)
  if (exact !== null) return { value: exact }
  if (parseExact(source, 300, 900) === null) return wrong(value, 'a number')
  const before = type.digits - type.scale
  return {
    wrong: {
      message: `${source} does not fit: at most ${before} digits before and ${type.scale} after the point`,
      cure: `round it yourself, or declare decimal(${type.digits}, …) wider`,
    },
  }
}

const significantDigits = (source: string): number =>
  source
    .replace(/[eE].*$/, '')
    .replace(/[-+.]/g, '')
    .replace(/^0+/, '')
    .replace(/0+$/, '').length

const numberRule: FieldRule = (value) => {
  if (!(value instanceof NumberText)) return wrong(value, 'a number', 'send a JSON number without quotes')
  const double = Number(value.source)
  if (!Number.isFinite(double)) return { wrong: { message: `${value.source} is beyond the largest double` } }
  return Object.is(double, -0)
    ? { wrong: { message: '-0 is not a number here', cure: 'send 0' } }
    : { value: double }
}

const instantRule: FieldRule = (value) => {
  const ms =
    value instanceof NumberText
      ? (parseExact(value.source, 0, EXACT_DIGITS) as number | null)
      : typeof value === 'string'
        ? parseInstant(value)
        : null
  if (ms === null) return wrong(value, 'an instant', 'send "2026-11-21T10:00:00Z" or ms since 1970')
  return ms >= EARLIEST_MS && ms <= LATEST_MS
    ? { value: ms }
    : { wrong: { message: `${inWords(value)} is outside the years 1900 to 2299` } }
}

const wrong = (value: Json, wanted: string, cure?: string): { readonly wrong: Omit<Reason, 'field'> } => {
  const message = `${inWords(value)} is not ${wanted}`
  return { wrong: cure === undefined ? { message } : { message, cure } }
}

const SHOWN_LENGTH = 60

/** The value as the sender wrote it, shortened. */
const inWords = (value: Json): string => {
  if (value instanceof NumberText) return value.source.slice(0, SHOWN_LENGTH)
  if (typeof value === 'object') return Array.isArray(value) ? 'an array' : 'an object'
  const text = JSON.stringify(value)
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text
}
