import { formatExact, parseExact } from '@tidewater/base'
import { SUM_DIGITS, isExact, scaleOf } from '@tidewater/expr'
import type { Type, Value } from '@tidewater/expr'
import type { StateKey } from './layout-types.ts'

type KeyPart = Pick<StateKey, 'type' | 'optional'>

const isText = (type: Type): boolean => type.kind === 'id' || type.kind === 'text' || type.kind === 'oneOf'

/** True when the key text is the value itself: one text that is never missing. */
export const isPlainKey = (keys: readonly KeyPart[]): boolean => {
  const [first] = keys
  return keys.length === 1 && first !== undefined && isText(first.type) && !first.optional
}

const toJson = (value: Value, type: Type): unknown =>
  isExact(type) && (typeof value === 'number' || typeof value === 'bigint')
    ? formatExact(value, scaleOf(type))
    : value

const fromJson = (value: unknown, type: Type): Value =>
  isExact(type) && typeof value === 'string' ? parseExact(value, scaleOf(type), SUM_DIGITS) : (value as Value)

/**
 * The one text of a group's state keys: a single text stands for itself, several values (or one of another kind) are
 * a JSON array with instants in ms and exact numbers as decimal text, no key is ''.
 */
export const encodeKey = (values: readonly Value[], keys: readonly KeyPart[]): string => {
  if (keys.length === 0) return ''
  if (isPlainKey(keys)) return values[0] as string
  return JSON.stringify(keys.map(({ type }, n) => toJson(values[n] ?? null, type)))
}

/** The inverse of `encodeKey`. Throws on text that it never made. */
export const decodeKey = (text: string, keys: readonly KeyPart[]): readonly Value[] => {
  if (keys.length === 0) return []
  if (isPlainKey(keys)) return [text]
  const parts: unknown = JSON.parse(text)
  if (!Array.isArray(parts) || parts.length !== keys.length)
    throw new Error(`no key of ${keys.length} parts: ${text}`)
  return keys.map(({ type }, n) => fromJson(parts[n], type))
}
