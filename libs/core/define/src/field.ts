import { INT_DIGITS } from '@tidewater/expr'
import type { ScalarType } from '@tidewater/expr'
import { mistake } from './mistake.ts'
import type { Flag, Instant, Num, Numeric, Text, Value } from './value.ts'

const FIELD = Symbol.for('tidewater.field')

/** A field of an event or a table: `E` is its value, `Optional` the same value when it may be missing. */
export interface Field<E, Optional> {
  readonly '~expr': E
  /** The field may be missing. */
  optional(): Field<Optional, Optional>
}

export type Fields = Readonly<Record<string, Field<unknown, unknown>>>
export type TextField<T extends string> = Field<Text<T, 'event'>, Text<T, 'event', null>>
export type NumberField<K extends Num> = Field<Numeric<K, 'event'>, Numeric<K, 'event', null>>
export type FlagField = Field<Flag<'event'>, Flag<'event', null>>
export type InstantField = Field<Instant<'event'>, Instant<'event', null>>

/** The values of one row of an event. */
export type Cells<F extends Fields> = { readonly [K in keyof F]: F[K]['~expr'] }
/** Names of fields that are never missing. */
export type Present<R> = {
  [K in keyof R]: R[K] extends Value<infer T, 'event'> ? (null extends T ? never : K) : never
}[keyof R] &
  string
/** Names of fields that are instants and never missing. */
export type Instants<R> = { [K in keyof R]: R[K] extends Instant<'event'> ? K : never }[keyof R] & string

interface FieldShape {
  readonly type: ScalarType
  readonly optional: boolean
}

const field = <F>(type: ScalarType, optional: boolean): F => {
  const shape: FieldShape = { type, optional }
  return Object.freeze({ [FIELD]: shape, optional: () => field(type, true) }) as F
}

/** The plain data of a field, or null when the value is no field. */
export const fieldShape = (value: unknown): FieldShape | null =>
  typeof value === 'object' && value !== null
    ? ((Reflect.get(value, FIELD) as FieldShape | undefined) ?? null)
    : null

/** An identifier: a text that is compared and counted, never read. */
export const id = (): TextField<string> => field({ kind: 'id' }, false)

/** Any text, kept byte for byte. */
export const text = (): TextField<string> => field({ kind: 'text' }, false)

/** One of a fixed list of texts. */
export const oneOf = <const T extends string>(...values: [T, ...T[]]): TextField<T> => {
  const wrong = values.find((v) => typeof v !== 'string' || v === '')
  if (wrong !== undefined || values.length === 0)
    throw mistake('oneOf takes texts that are not empty', "write oneOf('new', 'paid')")
  const twice = values.find((v, i) => values.indexOf(v) !== i)
  if (twice !== undefined) throw mistake(`oneOf has '${twice}' twice`)
  return field({ kind: 'oneOf', values }, false)
}

/** A whole number of at most 15 digits. */
export const int = (): NumberField<'int'> => field({ kind: 'int', digits: INT_DIGITS }, false)

/** An exact number of `digits` digits, `scale` of them after the point; at most 18. */
export const decimal = (digits: number, scale: number): NumberField<'decimal'> => {
  if (!Number.isInteger(digits) || digits < 1 || digits > 18)
    throw mistake(`decimal(${digits}, ${scale}): 1 to 18 digits`)
  if (!Number.isInteger(scale) || scale < 0 || scale > digits)
    throw mistake(`decimal(${digits}, ${scale}): 0 to ${digits} digits after the point`)
  return field({ kind: 'decimal', digits, scale }, false)
}

/** A double: for measurements, not for money. */
export const number = (): NumberField<'number'> => field({ kind: 'number' }, false)

/** True or false. */
export const boolean = (): FlagField => field({ kind: 'boolean' }, false)

/** A moment in UTC, to the millisecond. */
export const instant = (): InstantField => field({ kind: 'instant' }, false)
