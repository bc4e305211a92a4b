import { C1, C2, C3, C4, finish } from './hash128.ts'

/**
 * 128 bits of an envelope id into out[0..3], MurmurHash3's mixing over the text's UTF-16 units, two to a word. Kept in seen
 * chunks of every store: it must never change. It allocates nothing, which `hash128` of a text cannot.
 */
export const hashId = (text: string, out: Int32Array): void => {
  const length = text.length
  let h1 = length
  let h2 = 0
  let h3 = 0
  let h4 = 0
  let k = 0
  for (let i = 0; i < length; i += 8) {
    k = text.charCodeAt(i) | ((i + 1 < length ? text.charCodeAt(i + 1) : 0) << 16)
    k = Math.imul(k, C1)
    h1 ^= Math.imul((k << 15) | (k >>> 17), C2)
    h1 = (Math.imul(((h1 << 19) | (h1 >>> 13)) + h2, 5) + 0x561ccd1b) | 0
    k = (i + 2 < length ? text.charCodeAt(i + 2) : 0) | ((i + 3 < length ? text.charCodeAt(i + 3) : 0) << 16)
    k = Math.imul(k, C2)
    h2 ^= Math.imul((k << 16) | (k >>> 16), C3)
    h2 = (Math.imul(((h2 << 17) | (h2 >>> 15)) + h3, 5) + 0x0bcaa747) | 0
    k = (i + 4 < length ? text.charCodeAt(i + 4) : 0) | ((i + 5 < length ? text.charCodeAt(i + 5) : 0) << 16)
    k = Math.imul(k, C3)
    h3 ^= Math.imul((k << 17) | (k >>> 15), C4)
    h3 = (Math.imul(((h3 << 15) | (h3 >>> 17)) + h4, 5) + 0x96cd1c35) | 0
    k = (i + 6 < length ? text.charCodeAt(i + 6) : 0) | ((i + 7 < length ? text.charCodeAt(i + 7) : 0) << 16)
    k = Math.imul(k, C4)
    h4 ^= Math.imul((k << 18) | (k >>> 14), C1)
    h4 = (Math.imul(((h4 << 13) | (h4 >>> 19)) + h1, 5) + 0x32ac3b17) | 0
  }
  h1 = (h1 ^ length) | 0
  h2 = (h2 ^ length) | 0
  h3 = (h3 ^ length) | 0
  h4 = (h4 ^ length) | 0
  h1 = (h1 + h2 + h3 + h4) | 0
  h2 = finish((h2 + h1) | 0)
  h3 = finish((h3 + h1) | 0)
  h4 = finish((h4 + h1) | 0)
  h1 = finish(h1)
  h1 = (h1 + h2 + h3 + h4) | 0
  out[0] = h1
  out[1] = (h2 + h1) | 0
  out[2] = (h3 + h1) | 0
  out[3] = (h4 + h1) | 0
}
