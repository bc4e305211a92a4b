import type { Exact } from './exact.ts'

/** Growing byte buffer; a store reuses one for a whole commit. */
export interface ByteSink {
  bytes: Uint8Array
  length: number
}

/**
 * The primitives of the state codec. Writers take (bytes, at, value) and answer the next place; the caller has made
 * room. Integers are little-endian groups of 7 bits, like protobuf's, but up to 2^53; doubles are 8 bytes.
 */
const scratch = new DataView(new ArrayBuffer(8))

/** Makes room for `size` more bytes and answers the buffer to write to. */
export const reserve = (out: ByteSink, size: number): Uint8Array => {
  const needed = out.length + size
  if (needed > out.bytes.length) {
    const bytes = new Uint8Array(Math.max(needed, out.bytes.length * 2, 1024))
    bytes.set(out.bytes.subarray(0, out.length))
    out.bytes = bytes
  }
  return out.bytes
}

/** An integer from 0 to 2^53 − 1: 1 to 8 bytes. */
export const putCount = (bytes: Uint8Array, from: number, value: number): number => {
  let at = from
  let rest = value
  while (rest > 0x7fff_ffff) {
    bytes[at++] = (rest % 128) | 128
    rest = Math.floor(rest / 128)
  }
  while (rest > 127) {
    bytes[at++] = (rest & 127) | 128
    rest >>>= 7
  }
  bytes[at++] = rest
  return at
}

/** A safe integer of any sign: the first byte holds the sign (64) and six bits. */
export const putSigned = (bytes: Uint8Array, at: number, value: number): number => {
  const sign = value < 0 ? 64 : 0
  const magnitude = Math.abs(value)
  if (magnitude < 64) {
    bytes[at] = sign | magnitude
    return at + 1
  }
  bytes[at] = 128 | sign | (magnitude % 64)
  return putCount(bytes, at + 1, Math.floor(magnitude / 64))
}

/** The byte no safe integer begins with (it would be −0): a bigint follows as decimal text. */
const BIG = 64

/** At most 40 digits and a sign, one byte of length, one of tag. */
export const MAX_EXACT_BYTES = 48

export const putExact = (bytes: Uint8Array, at: number, value: Exact): number => {
  if (typeof value === 'number') return putSigned(bytes, at, value)
  bytes[at] = BIG
  return putText(bytes, at + 1, String(value))
}

export const putDouble = (bytes: Uint8Array, at: number, value: number): number => {
  scratch.setFloat64(0, value, true)
  for (let n = 0; n < 8; n++) bytes[at + n] = scratch.getUint8(n)
  return at + 8
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** UTF-8 behind its length; up to 3 × text.length + 5 bytes. */
export const putText = (bytes: Uint8Array, from: number, text: string): number => {
  const length = text.length
  let at = putCount(bytes, from, length)
  const start = at
  for (let n = 0; n < length; n++) {
    const code = text.charCodeAt(n)
    if (code > 127) return putWideText(bytes, from, text)
    bytes[at++] = code
  }
  return start + length
}

const putWideText = (bytes: Uint8Array, from: number, text: string): number => {
  const encoded = encoder.encode(text)
  const at = putCount(bytes, from, encoded.length)
  bytes.set(encoded, at)
  return at + encoded.length
}

/** Reads what the writers wrote, moving on by itself. */
export class ByteReader {
  bytes: Uint8Array = new Uint8Array(0)
  at = 0
  /** Whether the latest or earliest now being read has a row. */
  known = false

  reset(bytes: Uint8Array, at: number): void {
    this.bytes = bytes
    this.at = at
  }

  byte(): number {
    return this.bytes[this.at++] as number
  }

  count(): number {
    let value = 0
    let unit = 1
    for (;;) {
      const byte = this.byte()
      value += (byte & 127) * unit
      if (byte < 128) return value
      unit *= 128
    }
  }

  signed(): number {
    const first = this.byte()
    const magnitude = (first & 63) + (first > 127 ? this.count() * 64 : 0)
    return (first & 64) === 0 ? magnitude : -magnitude
  }

  exact(): Exact {
    if (this.bytes[this.at] !== BIG) return this.signed()
    this.at++
    return BigInt(this.text())
  }

  double(): number {
    for (let n = 0; n < 8; n++) scratch.setUint8(n, this.byte())
    return scratch.getFloat64(0, true)
  }

  text(): string {
    const length = this.count()
    const start = this.at
    this.at += length
    if (length > 24) return decoder.decode(this.bytes.subarray(start, this.at))
    let text = ''
    for (let n = start; n < this.at; n++) {
      const code = this.bytes[n] as number
      if (code > 127) return decoder.decode(this.bytes.subarray(start, this.at))
      text += String.fromCharCode(code)
    }
    return text
  }
}
