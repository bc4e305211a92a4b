import {
  MAX_EXACT_BYTES,
  must,
  putCount,
  putDouble,
  putExact,
  putSigned,
  putText,
  reserve,
} from '@tidewater/base'
import type { ByteReader, ByteSink } from '@tidewater/base'
import type { ScalarType, Value } from '@tidewater/expr'

/** Bytes of values of fixed types, any of them missing: a bit for each that is there, then those. */
export interface ValueList {
  write(values: readonly Value[], out: ByteSink): void
  read(from: ByteReader): readonly Value[]
}

type Put = (value: never, out: ByteSink) => void

export const valueList = (types: readonly ScalarType[]): ValueList => {
  const puts = types.map(putOf)
  const reads = types.map(readOf)
  const masks = Math.ceil(types.length / 8)
  return {
    write: (values, out) => {
      const mask = out.length
      reserve(out, masks).fill(0, mask, mask + masks)
      out.length += masks
      for (let n = 0; n < puts.length; n++) {
        const value = values[n] ?? null
        if (value === null) continue
        const at = mask + (n >> 3)
        out.bytes[at] = (out.bytes[at] as number) | (1 << (n & 7))
        ;(puts[n] as Put)(value as never, out)
      }
    },
    read: (from) => {
      const known = Array.from({ length: masks }, () => from.byte())
      return reads.map((read, n) => (((known[n >> 3] as number) >> (n & 7)) & 1 ? read(from) : null))
    },
  }
}

const sized =
  <T>(most: number, put: (bytes: Uint8Array, at: number, value: T) => number) =>
  (value: T, out: ByteSink): void => {
    out.length = put(reserve(out, most), out.length, value)
  }

const putLong = (value: string, out: ByteSink): void => {
  out.length = putText(reserve(out, 3 * value.length + 5), out.length, value)
}

/** Appends a count or a safe integer of any sign. */
export const appendCount = sized(9, putCount)
export const appendSigned = sized(9, putSigned)

const putOf = (type: ScalarType): Put => {
  switch (type.kind) {
    case 'id':
    case 'text':
      return putLong
    case 'oneOf': {
      const places = new Map(type.values.map((value, n) => [value, n]))
      return (value: string, out) => appendCount(must(places.get(value), value), out)
    }
    case 'number':
      return sized(8, putDouble)
    case 'boolean':
      return (value: boolean, out) => appendCount(value ? 1 : 0, out)
    case 'instant':
      return appendSigned
    case 'int':
    case 'decimal':
      return sized(MAX_EXACT_BYTES, putExact)
  }
}

const readOf = (type: ScalarType): ((from: ByteReader) => Value) => {
  switch (type.kind) {
    case 'id':
    case 'text':
      return (from) => from.text()
    case 'oneOf':
      return (from) => must(type.values[from.count()], 'a value of the list')
    case 'number':
      return (from) => from.double()
    case 'boolean':
      return (from) => from.byte() === 1
    case 'instant':
      return (from) => from.signed()
    case 'int':
    case 'decimal':
      return (from) => from.exact()
  }
}
