/** Amounts each step of a round turns by. */
const TURNS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]
const SINES = Int32Array.from({ length: 64 }, (_, n) => Math.floor(Math.abs(Math.sin(n + 1)) * 2 ** 32))

const encoder = new TextEncoder()
const words = new Int32Array(16)

/**
 * The first 48 bits of the MD5 of a text's UTF-8 bytes, as an integer below 2^48. MD5 is what both SQL engines and JavaScript can
 * all compute; nothing here is a secret.
 */
export const md5Prefix = (text: string): number => {
  const [low, high] = md5(encoder.encode(text))
  return swapped(low) * 2 ** 16 + (swapped(high) >>> 16)
}

/** The same four bytes in the other order, as an unsigned integer. */
const swapped = (word: number): number =>
  ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0

/** The first two words of the digest. */
const md5 = (bytes: Uint8Array): readonly [number, number] => {
  const blocks = ((bytes.length + 8) >>> 6) + 1
  const padded = new Uint8Array(blocks * 64)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 8, (bytes.length << 3) >>> 0, true)
  view.setUint32(padded.length - 4, bytes.length >>> 29, true)
  const state: State = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476]
  for (let block = 0; block < blocks; block++) {
    for (let n = 0; n < 16; n++) words[n] = view.getInt32(block * 64 + n * 4, true)
    mix(state)
  }
  return [state[0], state[1]]
}

type State = [number, number, number, number]

/** Takes the sixteen `words` into the state. */
const mix = (state: State): void => {
  let [a, b, c, d] = state
  for (let n = 0; n < 64; n++) {
    const round = n >> 4
    const mixed =
      round === 0
        ? (b & c) | (~b & d)
        : round === 1
          ? (d & b) | (~d & c)
          : round === 2
            ? b ^ c ^ d
            : c ^ (b | ~d)
    const word = round === 0 ? n : round === 1 ? 5 * n + 1 : round === 2 ? 3 * n + 5 : 7 * n
    const sum = (a + mixed + (SINES[n] as number) + (words[word & 15] as number)) | 0
    const turn = TURNS[round * 4 + (n & 3)] as number
    const next = (b + ((sum << turn) | (sum >>> (32 - turn)))) | 0
    a = d
    d = c
    c = b
    b = next
  }
  state[0] = (state[0] + a) | 0
  state[1] = (state[1] + b) | 0
  state[2] = (state[2] + c) | 0
  state[3] = (state[3] + d) | 0
}
