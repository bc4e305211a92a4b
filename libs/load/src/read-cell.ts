import { type Exact, PlatformError, formatExact, parseExact } from '@tidewater/base'
import type { FieldDefinition } from 'tidewater'
import { type InstantOptions, instantReader } from './read-instant.ts'

export interface CellOptions extends InstantOptions {
  /** '.' or ',' */
  readonly decimal: string
  /** '' when the numbers have none. */
  readonly thousands: string
}

/**
 * A cell's text as canonical JSON of its field's type, or why it is none. Text stays byte for byte; whether the value
 * fits its type in every way is judged at the door, the same for everybody.
 */
export type CellReader = (text: string) => { readonly json: string } | { readonly wrong: string }

export const cellReader = (field: FieldDefinition, options: CellOptions): CellReader => {
  const { type } = field
  switch (type.kind) {
    case 'id':
    case 'text':
    case 'oneOf':
      return (text) => ({ json: JSON.stringify(text) })
    case 'int':
      return exactReader(options, 0, 15, (exact) => String(exact))
    case 'decimal':
      return exactReader(options, type.scale, type.digits, (exact) => `"${formatExact(exact, type.scale)}"`)
    case 'number':
      return numberReader(options)
    case 'boolean':
      return booleanReader
    case 'instant':
      return remembered(instantReader(options))
  }
}

const plainNumber = ({ decimal, thousands }: CellOptions): ((text: string) => string) => {
  if (decimal === '.' && thousands === '') return (text) => text.trim()
  return (text) => {
    const whole = thousands === '' ? text.trim() : text.trim().replaceAll(thousands, '')
    return decimal === '.' ? whole : whole.replaceAll('.', '?').replace(decimal, '.')
  }
}

const exactReader = (
  options: CellOptions,
  scale: number,
  digits: number,
  write: (exact: Exact) => string,
): CellReader => {
  const plain = plainNumber(options)
  return (text) => {
    const exact = parseExact(plain(text), scale, digits)
    if (exact !== null) return { json: write(exact) }
    if (!Number.isFinite(Number(plain(text) || 'x')))
      return { wrong: `${JSON.stringify(text)} is not a number` }
    const room =
      scale === 0
        ? `a whole number of at most ${digits} digits`
        : `at most ${digits - scale} digits before and ${scale} after the point`
    return { wrong: `${text} is not ${scale === 0 ? room : `within ${room}`}` }
  }
}

const numberReader = (options: CellOptions): CellReader => {
  const plain = plainNumber(options)
  return (text) => {
    const trimmed = plain(text)
    const double = trimmed === '' ? NaN : Number(trimmed)
    return Number.isFinite(double)
      ? { json: String(double + 0) }
      : { wrong: `${JSON.stringify(text)} is not a number` }
  }
}

const TRUE = new Set(['true', 't', 'yes', 'y', '1'])
const FALSE = new Set(['false', 'f', 'no', 'n', '0'])

const booleanReader: CellReader = (text) => {
  const word = text.trim().toLowerCase()
  if (TRUE.has(word)) return { json: 'true' }
  return FALSE.has(word) ? { json: 'false' } : { wrong: `${JSON.stringify(text)} is not true or false` }
}

/** Neighbouring rows often share an instant. */
const remembered = (read: (text: string) => number | null): CellReader => {
  let last = ''
  let result: ReturnType<CellReader> = { wrong: '"" is not an instant' }
  return (text) => {
    if (text === last) return result
    const ms = read(text)
    last = text
    result =
      ms === null
        ? { wrong: `${JSON.stringify(text)} is not an instant I know; --time-format says how to read it` }
        : { json: String(ms) }
    return result
  }
}

/** Throws BAD_INPUT when decimal and thousands signs are the same or no single character. */
export const checkSigns = ({ decimal, thousands }: Pick<CellOptions, 'decimal' | 'thousands'>): void => {
  if (decimal !== '.' && decimal !== ',')
    throw new PlatformError('BAD_INPUT', `--decimal ${decimal} is not . or ,`, '--decimal ,')
  if (thousands.length > 1 || thousands === decimal || /\d/.test(thousands)) {
    throw new PlatformError(
      'BAD_INPUT',
      `--thousands ${thousands} cannot be told from digits or the decimal sign`,
      '--decimal , --thousands .',
    )
  }
}
