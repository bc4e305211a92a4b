export const C1 = 0x239b961b
export const C2 = 0xab0e9789
export const C3 = 0x38b34ae5
export const C4 = 0xa1e38b93

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by))

export const finish = (x: number): number => {
  let h = x ^ (x >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/** Little-endian word at `at`; bytes past the end count as 0. */
const word = (bytes: Uint8Array, at: number): number =>
  (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)

const mix = (k: number, first: number, by: number, second: number): number =>
  Math.imul(rotate(Math.imul(k, first), by), second)

/** MurmurHash3 x86 128 of the bytes: 16 bytes, the same on every machine. Not for secrets. */
export const hash128 = (bytes: Uint8Array, seed = 0): Uint8Array => {
  let h1 = seed
  let h2 = seed
  let h3 = seed
  let h4 = seed
  const whole = bytes.length & ~15
  for (let at = 0; at < whole; at += 16) {
    h1 = (Math.imul(rotate(h1 ^ mix(word(bytes, at), C1, 15, C2), 19) + h2, 5) + 0x561ccd1b) | 0
    h2 = (Math.imul(rotate(h2 ^ mix(word(bytes, at + 4), C2, 16, C3), 17) + h3, 5) + 0x0bcaa747) | 0
    h3 = (Math.imul(rotate(h3 ^ mix(word(bytes, at + 8), C3, 17, C4), 15) + h4, 5) + 0x96cd1c35) | 0
    h4 = (Math.imul(rotate(h4 ^ mix(word(bytes, at + 12), C4, 18, C1), 13) + h1, 5) + 0x32ac3b17) | 0
  }
  if (bytes.length > whole) {
    // the mix of a word of zeros is zero, so the bytes past the end change nothing
    h4 ^= mix(word(bytes, whole + 12), C4, 18, C1)
    h3 ^= mix(word(bytes, whole + 8), C3, 17, C4)
    h2 ^= mix(word(bytes, whole + 4), C2, 16, C3)
    h1 ^= mix(word(bytes, whole), C1, 15, C2)
  }
  h1 ^= bytes.length
  h2 ^= bytes.length
  h3 ^= bytes.length
  h4 ^= bytes.length
  h1 += h2 + h3 + h4
  h2 = finish(h2 + h1)
  h3 = finish(h3 + h1)
  h4 = finish(h4 + h1)
  h1 = finish(h1)
  h1 += h2 + h3 + h4
  const out = new Uint8Array(16)
  const view = new DataView(out.buffer)
  view.setInt32(0, h1, true)
  view.setInt32(4, h2 + h1, true)
  view.setInt32(8, h3 + h1, true)
  view.setInt32(12, h4 + h1, true)
  return out
}

const text = new TextEncoder()

export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')

/** The hash of a text's UTF-8 bytes as 32 hex digits. */
export const hash128Hex = (of: string): string => hexOf(hash128(text.encode(of)))
