/**
 * Everything a learner knows: numbers in arrays, whose meaning and order the learner fixes. Arrays may be replaced by longer
 * ones as a model grows.
 */
export type LearnerState = Float64Array[]

/** The version of the byte form that this build writes. */
export const STATE_VERSION = 1

/**
 * Bytes, little-endian: u32 version, u32 number of arrays, u32 length of each, then all numbers as f64. Bit-equal states
 * have equal bytes.
 */
export const encodeState = (state: LearnerState): Uint8Array => {
  const total = state.reduce((sum, array) => sum + array.length, 0)
  const head = 4 * (2 + state.length)
  const bytes = new Uint8Array(head + 8 * total)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, STATE_VERSION, true)
  view.setUint32(4, state.length, true)
  let at = head
  for (const [n, array] of state.entries()) {
    view.setUint32(8 + 4 * n, array.length, true)
    for (const value of array) {
      view.setFloat64(at, value, true)
      at += 8
    }
  }
  return bytes
}

/** The inverse of `encodeState`. Throws when the bytes are of another version or cut off. */
export const decodeState = (bytes: Uint8Array): LearnerState => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 8) throw new Error(`a learner's state of ${bytes.length} bytes is cut off`)
  const version = view.getUint32(0, true)
  if (version !== STATE_VERSION)
    throw new Error(
      `a learner's state is of version ${version}, this build reads ${STATE_VERSION}: retrain the model`,
    )
  const count = view.getUint32(4, true)
  const head = 4 * (2 + count)
  const lengths = Array.from({ length: count }, (_, n) =>
    8 + 4 * n + 4 <= bytes.length ? view.getUint32(8 + 4 * n, true) : NaN,
  )
  const total = lengths.reduce((sum, length) => sum + length, 0)
  if (bytes.length !== head + 8 * total)
    throw new Error(`a learner's state of ${bytes.length} bytes is cut off`)
  let at = head
  return lengths.map((length) => {
    const array = new Float64Array(length)
    for (let i = 0; i < length; i++, at += 8) array[i] = view.getFloat64(at, true)
    return array
  })
}

/** The array at a place of a state. */
export const arrayOf = (state: LearnerState, place: number): Float64Array => {
  const array = state[place]
  if (array === undefined) throw new Error(`the state has no array ${place}: it is of another learner`)
  return array
}

/** An array of at least `length` numbers that begins with those of `array`: itself, or one of twice its size. */
export const grown = (array: Float64Array, length: number): Float64Array => {
  if (length <= array.length) return array
  const longer = new Float64Array(Math.max(length, 2 * array.length, 16))
  longer.set(array)
  return longer
}
