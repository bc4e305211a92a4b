import { MAX_EXACT_BYTES, must, putCount, putDouble, putExact, putSigned, putText } from '@tidewater/base'
import { isExact } from '@tidewater/expr'
import type { JsBody, ScalarType } from '@tidewater/expr'

/** Source that writes a count; most are one byte. */
export const writeCount = (body: JsBody, slot: string): string =>
  `if (${slot} < 128) bytes[at++] = ${slot}; else at = ${body.constant(putCount)}(bytes, at, ${slot});`

/** Source that writes a value, none of it null, at `at` of `bytes`. */
export const writeValue = (body: JsBody, type: ScalarType, value: string): string => {
  const put = (fn: unknown, source = value): string => `at = ${body.constant(fn)}(bytes, at, ${source});`
  switch (type.kind) {
    case 'id':
    case 'text':
      return put(putText)
    case 'oneOf':
      return put(putCount, `${body.constant(indexOf(type.values))}.get(${value})`)
    case 'number':
      return put(putDouble)
    case 'boolean':
      return `bytes[at++] = ${value} ? 1 : 0;`
    case 'instant':
      return put(putSigned)
    case 'int':
    case 'decimal':
      return put(putExact)
  }
}

/** Expression that reads what `writeValue` wrote, from the reader `r`. */
export const readValue = (body: JsBody, type: ScalarType): string => {
  switch (type.kind) {
    case 'id':
    case 'text':
      return 'r.text()'
    case 'oneOf':
      return `${body.constant(type.values)}[r.count()]`
    case 'number':
      return 'r.double()'
    case 'boolean':
      return 'r.byte() === 1'
    case 'instant':
      return 'r.signed()'
    case 'int':
    case 'decimal':
      return 'r.exact()'
  }
}

/** Source of the most bytes the value can take. */
export const boundOf = (type: ScalarType, value: string): string => {
  if (type.kind === 'id' || type.kind === 'text') return `(${value} === null ? 1 : 3 * ${value}.length + 6)`
  return isExact(type) ? String(MAX_EXACT_BYTES) : '9'
}

/** True when a value's size is known without looking at it. */
export const isSized = (type: ScalarType): boolean => type.kind !== 'id' && type.kind !== 'text'

const indexes = new Map<readonly string[], ReadonlyMap<string, number>>()

const indexOf = (values: readonly string[]): ReadonlyMap<string, number> => {
  if (!indexes.has(values)) indexes.set(values, new Map(values.map((value, n) => [value, n])))
  return must(indexes.get(values), 'the index')
}
