import { MORE } from '@tidewater/aggregates'
import type { DistinctSet } from '@tidewater/aggregates'
import { JsBody } from '@tidewater/expr'
import type { Type, Value } from '@tidewater/expr'
import type { ByteReader } from './bytes.ts'
import { putCount } from './bytes.ts'
import { MAX_EXACT_BYTES } from './bytes.ts'
import { readValue, writeValue } from './codec-values.ts'

/** Reads and writes the set of a distinct: 0 is "more than atMost", n + 1 says n values follow. */
export interface SetCodec {
  put(bytes: Uint8Array, at: number, set: DistinctSet): number
  get(reader: ByteReader): DistinctSet
  /** The most bytes the set can take. */
  bound(set: DistinctSet): number
}

const boundOfValue = (value: Value): number =>
  typeof value === 'string' ? 3 * value.length + 6 : typeof value === 'bigint' ? MAX_EXACT_BYTES : 10

export const setCodecOf = (type: Type): SetCodec => {
  const body = new JsBody()
  const write = writeValue(body, type, 'value')
  const read = readValue(body, type)
  const putValue = body.build<(bytes: Uint8Array, at: number, value: Value) => number>(
    `return (bytes, at, value) => { ${write} return at; }`,
  )
  const readOne = body.build<(reader: ByteReader) => Value>(`return (r) => ${read};`)
  return {
    put: (bytes, from, set) => {
      if (set === MORE || set === null) return putCount(bytes, from, set === MORE ? 0 : 1)
      let at = putCount(bytes, from, set.size + 1)
      for (const value of set) at = putValue(bytes, at, value)
      return at
    },
    get: (reader) => {
      const count = reader.count()
      if (count < 2) return count === 0 ? MORE : null
      const set = new Set<Value>()
      for (let n = 1; n < count; n++) set.add(readOne(reader))
      return set
    },
    bound: (set) => {
      if (set === MORE || set === null) return 1
      let bound = 9
      for (const value of set) bound += boundOfValue(value)
      return bound
    },
  }
}
