import { expect } from 'vitest'
import { reserve } from '@tidewater/base'
import { encodeValue } from '@tidewater/seam'
import type { Address, Commit } from '@tidewater/ports'

export const text = new TextEncoder()
export const bytes = (of: string): Uint8Array => text.encode(of)
export const value = (slice: number, payload: string): Uint8Array =>
  encodeValue(slice, (out) => {
    const encoded = bytes(payload)
    reserve(out, encoded.length)
    out.bytes.set(encoded, out.length)
    out.length += encoded.length
  })
export const place = { topic: 'event.sale', partition: 3 }
export const other = { topic: 'event.sale', partition: 4 }
export const at = (key: string, bucket = 0, fingerprint = 'f1'): Address => ({ fingerprint, bucket, key })
export const keysOf = (groups: readonly { bucket: number; key: string }[]): string[] =>
  groups.map((g) => `${g.bucket}/${g.key}`).sort()
/** Bytes of any kind (a Buffer too) as text, at any depth. */
export const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return `bytes ${String.fromCharCode(...value.subarray(0, 9_000))}`
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]))
}
export const same = (found: unknown, wanted: unknown): void => {
  expect(plain(found)).toEqual(plain(wanted))
}
export const commit = (expected: string | null, next: string, more: Partial<Commit> = {}): Commit => ({
  expected: expected === null ? null : bytes(expected),
  next: bytes(next),
  writes: [],
  seen: [],
  ...more,
})
export const odd = ['', ' ', 'a:b', '{x}', '*', '["a",1]', 'ü€😀', '\u0000', 'x'.repeat(5000)]
