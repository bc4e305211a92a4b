import type { ByteSink } from '@tidewater/base'
import { PlatformError, reserve } from '@tidewater/base'

/**
 * A stored value: all slices of one group (semantics P4).
 * byte 0 version, 1-4 checksum of all that follows, 5-8 newest slice, then ascending [slice u32][length u32][payload]; big-endian.
 */
export const VALUE_VERSION = 1
export const VALUE_HEADER_BYTES = 9
const SLICE_HEADER_BYTES = 8

export interface Slice {
  readonly slice: number
  /** Payload is bytes[start, end). */
  readonly start: number
  readonly end: number
}

const putU32 = (bytes: Uint8Array, at: number, value: number): void => {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}

const getU32 = (bytes: Uint8Array, at: number): number =>
  (((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)) >>>
  0

/** 32 bits that change with any flipped, lost or moved byte (murmur3's mixing over four bytes at a time). */
export const checksum = (bytes: Uint8Array, start: number, end: number): number => {
  let h = end - start
  let i = start
  for (; i + 4 <= end; i += 4) {
    let k =
      (bytes[i] as number) |
      ((bytes[i + 1] as number) << 8) |
      ((bytes[i + 2] as number) << 16) |
      ((bytes[i + 3] as number) << 24)
    k = Math.imul(k, 0xcc9e2d51)
    h ^= Math.imul((k << 15) | (k >>> 17), 0x1b873593)
    h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0
  }
  for (; i < end; i++) h = Math.imul(h ^ (bytes[i] as number), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** Starts a value at the sink's end; answers where it starts, for `endValue`. */
export const beginValue = (out: ByteSink): number => {
  reserve(out, VALUE_HEADER_BYTES)
  const start = out.length
  out.length += VALUE_HEADER_BYTES
  return start
}

/** Appends slices already framed by an earlier value: their bytes as they are. */
export const appendFrozen = (out: ByteSink, frozen: Uint8Array): void => {
  reserve(out, frozen.length)
  out.bytes.set(frozen, out.length)
  out.length += frozen.length
}

/** Opens a slice; write its payload behind, then close it with `endSlice`. */
export const beginSlice = (out: ByteSink, slice: number): number => {
  reserve(out, SLICE_HEADER_BYTES)
  const start = out.length
  putU32(out.bytes, start, slice)
  out.length += SLICE_HEADER_BYTES
  return start
}

export const endSlice = (out: ByteSink, start: number): void =>
  putU32(out.bytes, start + 4, out.length - start - SLICE_HEADER_BYTES)

/** Ends the value that began at `start`; `newest` is its highest slice. It may be stored when it is sealed. */
export const endValue = (out: ByteSink, start: number, newest: number): void => {
  out.bytes[start] = VALUE_VERSION
  putU32(out.bytes, start + 5, newest)
}

/** Gives the value bytes[from, to) its checksum. */
export const sealValue = (bytes: Uint8Array, from: number, to: number): void =>
  putU32(bytes, from + 1, checksum(bytes, from + 5, to))

/** The highest slice of a value, without checking it. */
export const newestSlice = (bytes: Uint8Array): number => getU32(bytes, 5)

/** Throws `UNAVAILABLE` when the value bytes[from, to) is damaged or of another version. */
export const checkValue = (bytes: Uint8Array, from = 0, to = bytes.length): void => {
  const intact =
    to - from >= VALUE_HEADER_BYTES &&
    bytes[from] === VALUE_VERSION &&
    getU32(bytes, from + 1) === checksum(bytes, from + 5, to)
  if (!intact) throw damaged(bytes.subarray(from, to))
}

/** Slices of the value bytes[from, to) in ascending order. Throws `UNAVAILABLE` when it is damaged or of another version. */
export const readSlices = (bytes: Uint8Array, from = 0, to = bytes.length): readonly Slice[] => {
  checkValue(bytes, from, to)
  const slices: Slice[] = []
  let at = from + VALUE_HEADER_BYTES
  while (at < to) {
    const end = sliceEnd(bytes, at)
    if (end > to) throw damaged(bytes.subarray(from, to))
    slices.push({ slice: sliceAt(bytes, at), start: payloadOf(at), end })
    at = end
  }
  return slices
}

/** Of the checked value bytes[from, to): where its first slice with a number of at least `floor` begins; `to` when none has. */
export const firstSlice = (bytes: Uint8Array, from: number, to: number, floor: number): number => {
  let at = from + VALUE_HEADER_BYTES
  while (at < to && sliceAt(bytes, at) < floor) at = sliceEnd(bytes, at)
  return Math.min(at, to)
}

/** Where the last of the slices bytes[from, to) begins. */
export const lastSlice = (bytes: Uint8Array, from: number, to: number): number => {
  let at = from
  for (let end = sliceEnd(bytes, at); end < to; end = sliceEnd(bytes, at)) at = end
  return at
}

/** The number of the slice that begins at `at`. */
export const sliceAt = (bytes: Uint8Array, at: number): number => getU32(bytes, at)

/** Where the payload of the slice that begins at `at` does. */
export const payloadOf = (at: number): number => at + SLICE_HEADER_BYTES

const sliceEnd = (bytes: Uint8Array, at: number): number => payloadOf(at) + getU32(bytes, at + 4)

/** A value of one slice: what a batch part stores, its slice being the generation's number. */
export const encodeValue = (slice: number, write: (out: ByteSink) => void): Uint8Array => {
  const out: ByteSink = { bytes: new Uint8Array(256), length: 0 }
  const value = beginValue(out)
  const start = beginSlice(out, slice)
  write(out)
  endSlice(out, start)
  endValue(out, value, slice)
  sealValue(out.bytes, value, out.length)
  return out.bytes.slice(0, out.length)
}

const damaged = (bytes: Uint8Array): PlatformError =>
  new PlatformError(
    'UNAVAILABLE',
    `a stored value of ${bytes.length} bytes is damaged or of version ${bytes[0] ?? 'none'} (this build reads ${VALUE_VERSION})`,
    'delete the keys of its partition: it is rebuilt from the newest generation and the log',
  )
