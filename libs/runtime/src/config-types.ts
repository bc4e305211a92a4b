import { parseDuration } from './parse-duration.ts'

/** Reads a variable's text; throws an Error that completes the sentence "NAME must be …". */
export type ConfigType<T> = (text: string) => T

export const text: ConfigType<string> = (value) => {
  if (value === '') throw new Error('a text that is not empty')
  return value
}

export const optionalText: ConfigType<string | null> = (value) => (value === '' ? null : value)

/** A size such as 512mb or 2gb, or plain bytes; null for an empty text. */
export const optionalSize: ConfigType<number | null> = (value) => {
  if (value === '') return null
  const [, digits = '', unit = ''] = /^(\d+)(kb|mb|gb)?$/i.exec(value.trim()) ?? []
  const bytes = Number(digits) * (UNITS[unit.toLowerCase()] ?? 1)
  if (digits === '' || bytes === 0 || !Number.isSafeInteger(bytes))
    throw new Error('a size such as 512mb or 2gb')
  return bytes
}

/** As Redis counts them. */
const UNITS: Readonly<Record<string, number>> = { kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 }

export const list: ConfigType<readonly string[]> = (value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

export const boolean: ConfigType<boolean> = (value) => {
  if (value === 'true' || value === '1') return true
  if (value === 'false' || value === '0') return false
  throw new Error('true or false')
}

/** A whole number within bounds, both included. */
export function whole(least: number, most: number): ConfigType<number> {
  return (value) => {
    const number = Number(value)
    if (value.trim() === '' || !Number.isInteger(number) || number < least || number > most) {
      throw new Error(`a whole number from ${least} to ${most}`)
    }
    return number
  }
}

export function choice<const T extends string>(...words: readonly T[]): ConfigType<T> {
  return (value) => {
    const found = words.find((word) => word === value)
    if (found === undefined) throw new Error(`one of ${words.join(', ')}`)
    return found
  }
}

/** A duration such as 30s, 10m, 2h, 7d; null for "off". */
export const every: ConfigType<number | null> = (value) => {
  if (value === 'off') return null
  const ms = parseDuration(value)
  if (ms === null) throw new Error('a duration such as 30s, 10m, 2h or 7d, or off')
  return ms
}
