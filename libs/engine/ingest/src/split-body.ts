const QUOTE = 34
const BACKSLASH = 92
const COMMA = 44
const NEWLINE = 10
const OPEN = new Set([123, 91])
const CLOSE = new Set([125, 93])

const isSpace = (byte: number | undefined): boolean => byte === 32 || byte === 10 || byte === 13 || byte === 9

const skipSpace = (bytes: Uint8Array, from: number): number => {
  let p = from
  while (p < bytes.length && isSpace(bytes[p])) p++
  return p
}

/**
 * Cuts a body into the bytes of its records without parsing them: the elements of an array, the lines of NDJSON, or
 * the one object it is. What is no JSON stays a piece of its own and is rejected as one record by the judge.
 */
export const splitBody = (bytes: Uint8Array): readonly Uint8Array[] => {
  const start = skipSpace(bytes, bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0)
  if (start === bytes.length) return []
  if (bytes[start] === 91) return splitArray(bytes, start)
  const end = skipSpace(bytes, endOfValue(bytes, start))
  return end === bytes.length ? [trimmed(bytes, start, end)] : splitLines(bytes, start)
}

/** Index after the value that starts at `from`: behind its last bracket, or the end of the line. */
const endOfValue = (bytes: Uint8Array, from: number): number => {
  let depth = 0
  for (let p = from; p < bytes.length; p++) {
    const c = bytes[p] ?? 0
    if (c === QUOTE) p = endOfString(bytes, p)
    else if (OPEN.has(c)) depth++
    else if (CLOSE.has(c)) {
      if (--depth <= 0) return p + 1
    } else if (c === NEWLINE && depth === 0) return p
  }
  return bytes.length
}

/** Index of the closing quote of the string that opens at `from`. */
const endOfString = (bytes: Uint8Array, from: number): number => {
  for (let p = from + 1; p < bytes.length; p++) {
    const c = bytes[p]
    if (c === QUOTE) return p
    if (c === BACKSLASH) p++
  }
  return bytes.length
}

const splitLines = (bytes: Uint8Array, from: number): readonly Uint8Array[] => {
  const pieces: Uint8Array[] = []
  for (let p = from; p < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, p)
    const end = newline < 0 ? bytes.length : newline
    const piece = trimmed(bytes, p, end)
    if (piece.length > 0) pieces.push(piece)
    p = end + 1
  }
  return pieces
}

const splitArray = (bytes: Uint8Array, from: number): readonly Uint8Array[] => {
  const pieces: Uint8Array[] = []
  let depth = 0
  let start = from + 1
  for (let p = from; p < bytes.length; p++) {
    const c = bytes[p] ?? 0
    if (c === QUOTE) p = endOfString(bytes, p)
    else if (OPEN.has(c)) depth++
    else if (c === COMMA && depth === 1) {
      pieces.push(trimmed(bytes, start, p))
      start = p + 1
    } else if (CLOSE.has(c) && --depth === 0) {
      const last = trimmed(bytes, start, p)
      if (last.length > 0 || pieces.length > 0) pieces.push(last)
      const rest = trimmed(bytes, p + 1, bytes.length)
      return rest.length > 0 ? [...pieces, rest] : pieces
    }
  }
  // The array never ends: what follows the last comma is not a whole record.
  return [...pieces, trimmed(bytes, start, bytes.length)]
}

const trimmed = (bytes: Uint8Array, from: number, to: number): Uint8Array => {
  const start = Math.min(skipSpace(bytes, from), to)
  let end = to
  while (end > start && isSpace(bytes[end - 1])) end--
  return bytes.subarray(start, end)
}
