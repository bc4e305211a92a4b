import { daysInMonth, parseInstant } from './parse-instant.ts'

/** What generated scanners call for the less common shapes of a value. `undefined` always means: let the judge decide. */

const QUOTE = 34
const BACKSLASH = 92

/** Index of the quote that ends the string, from `at` inside it, or −1. */
export const closingQuote = (bytes: Uint8Array, at: number): number => {
  for (let p = at; p < bytes.length; p++) {
    const c = bytes[p]
    if (c === QUOTE) return p
    if (c === BACKSLASH) p++
  }
  return -1
}

/** A string with escapes; `from` and `to` are its quotes. */
export const unescaped = (bytes: Buffer, from: number, to: number): string | undefined => {
  try {
    const text: unknown = JSON.parse(bytes.toString('utf8', from, to + 1))
    return typeof text === 'string' && text.isWellFormed() && !text.includes('\ufffd') ? text : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Text beyond ASCII; bytes that are no UTF-8 come out as U+FFFD, and the judge tells those from a real one. */
export const beyondAscii = (bytes: Buffer, from: number, to: number): string | undefined => {
  const text = bytes.toString('utf8', from, to)
  return text.includes('\ufffd') ? undefined : text
}

const two = (bytes: Uint8Array, at: number): number => {
  const tens = (bytes[at] ?? 0) - 48
  const ones = (bytes[at + 1] ?? 0) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1
}

/** '2026-11-21T10:00:00Z' and '2026-11-21T10:00:00.000Z' straight from the bytes; every other form by `parseInstant`. */
export const instantAt = (bytes: Buffer, from: number, to: number): number | undefined => {
  const length = to - from
  if ((length !== 20 && length !== 24) || bytes[to - 1] !== 90 || bytes[from + 10] !== 84)
    return slow(bytes, from, to)
  const century = two(bytes, from)
  const yearOf = two(bytes, from + 2)
  const year = century * 100 + yearOf
  const month = two(bytes, from + 5)
  const day = two(bytes, from + 8)
  const hour = two(bytes, from + 11)
  const minute = two(bytes, from + 14)
  const second = two(bytes, from + 17)
  const punctuated =
    bytes[from + 4] === 45 && bytes[from + 7] === 45 && bytes[from + 13] === 58 && bytes[from + 16] === 58
  const millis = length === 20 ? 0 : millisAt(bytes, from + 19)
  if (!punctuated || century < 19 || yearOf < 0 || millis < 0) return slow(bytes, from, to)
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return undefined
  return Date.UTC(year, month - 1, day, hour, minute, second, millis)
}

/** '.123' at `at`, or −1. */
const millisAt = (bytes: Uint8Array, at: number): number => {
  const tens = two(bytes, at + 1)
  const ones = (bytes[at + 3] ?? 0) - 48
  return bytes[at] === 46 && tens >= 0 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1
}

const slow = (bytes: Buffer, from: number, to: number): number | undefined =>
  parseInstant(bytes.toString('latin1', from, to)) ?? undefined
