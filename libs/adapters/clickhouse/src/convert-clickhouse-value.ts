import type { SqlValue } from '@tidewater/ports'

type Convert = (value: unknown) => SqlValue

const integer = (text: string): number | bigint => {
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : BigInt(text)
}

/** '-1.5' at scale 3 → -1500. ClickHouse leaves trailing zeros out. */
const scaled = (text: string, scale: number): number | bigint => {
  const point = text.indexOf('.')
  const digits = point < 0 ? text : text.slice(0, point) + text.slice(point + 1)
  const decimals = point < 0 ? 0 : text.length - point - 1
  return integer(digits + '0'.repeat(scale - decimals))
}

const DENORMAL: Readonly<Record<string, number>> = { nan: NaN, inf: Infinity, '-inf': -Infinity }
const double = (value: unknown): SqlValue =>
  typeof value === 'string' ? (DENORMAL[value] ?? Number(value)) : (value as number)

/** The type inside `Name(…)`, or null when `type` is not such a type. */
const inside = (type: string, name: string): string | null =>
  type.startsWith(`${name}(`) && type.endsWith(')') ? type.slice(name.length + 1, -1) : null

/** 'key String, value Decimal(38, 2)' by its commas outside of parentheses. */
const splitTop = (fields: string): readonly string[] => fields.split(/, (?![^(]*\))/)

/** How the cells of one column of a JSONCompact format become JavaScript values. Instants arrive as ISO text. */
export function converterFor(type: string): Convert {
  const wrapped = inside(type, 'Nullable') ?? inside(type, 'LowCardinality')
  if (wrapped !== null) {
    const convert = converterFor(wrapped)
    return (value) => (value === null ? null : convert(value))
  }
  const element = inside(type, 'Array')
  if (element !== null) {
    const convert = converterFor(element)
    return (value) => (value as unknown[]).map((item) => (item === null ? null : convert(item)))
  }
  const fields = inside(type, 'Tuple')
  if (fields !== null) {
    const inner = splitTop(fields).map((field) => converterFor(field.slice(field.indexOf(' ') + 1)))
    return (value) =>
      Object.values(value as object).map((item: unknown, n) => inner[n]?.(item) ?? (item as SqlValue))
  }
  const decimal = inside(type, 'Decimal')
  if (decimal !== null) {
    const scale = Number(decimal.split(',')[1])
    return (value) => scaled(String(value), scale)
  }
  if (/^U?Int(64|128|256)$/.test(type)) return (value) => integer(String(value))
  if (/^Float(32|64)$/.test(type)) return double
  if (/^DateTime/.test(type)) return (value) => Date.parse(value as string)
  return (value) => value as SqlValue
}
