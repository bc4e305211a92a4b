import type { Cell } from '../data/graphql.ts'

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const small = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 })

/** 1,234,567 */
export const count = (value: number): string => whole.format(value)

/** 1.2M; up to four digits are written out. */
export const compact = (value: number): string =>
  Math.abs(value) < 10_000 ? (Number.isInteger(value) ? whole : small).format(value) : short.format(value)

/** A decimal with its thousands apart, digit for digit: '1234567.80' → '1,234,567.80'. */
export const exact = (text: string): string => {
  const [, sign = '', digits = '', rest = ''] = /^(-?)(\d+)(\.\d+)?$/.exec(text) ?? [null, '', text, '']
  return `${sign}${digits.replace(/\B(?=(\d{3})+$)/g, ',')}${rest}`
}

/** A cell as it is read: amounts with thousands apart, times to the second, nothing as a dash. */
export const cell = (value: Cell | undefined, type: string): string => {
  if (value === null || value === undefined) return '–'
  if (Array.isArray(value)) return value.map((item: Cell) => listed(item)).join(' · ')
  if (type === 'instant') return instant(String(value))
  if (type === 'int') return count(Number(value))
  if (type.startsWith('decimal')) return exact(String(value))
  if (type === 'number') return small.format(Number(value))
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** An item of a list: a number, or an entry of a breakdown with its key. */
const listed = (item: Cell): string => {
  if (typeof item === 'number') return count(item)
  if (typeof item !== 'object' || item === null || !('key' in item)) return cell(item, 'text')
  return `${cell(item.key, 'text')} ${listed(item.value ?? null)}`
}

/** 2026-11-21 10:00:05 in UTC; what is zero is left out: '2026-11-21', '10:00' of today. */
export const instant = (iso: string): string => {
  const time = iso.slice(11, 19)
  if (time === '00:00:00') return iso.slice(0, 10)
  return `${iso.slice(0, 10)} ${time.endsWith(':00') ? time.slice(0, 5) : time}`
}

/** '42 s', '3 min', '2 h', '5 d' */
export const span = (ms: number): string => {
  const seconds = Math.max(0, ms) / 1_000
  if (seconds < 1) return `${Math.round(Math.max(0, ms))} ms`
  if (seconds < 90) return `${Math.round(seconds)} s`
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`
  return seconds < 129_600 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`
}

/** A share of one, '3.2 %'. */
export const share = (value: number): string => `${small.format(value * 100)} %`

export const plural = (number: number, one: string, many = `${one}s`): string =>
  `${count(number)} ${number === 1 ? one : many}`

/** Per second: one digit behind the point while it is small. */
export const rate = (perSecond: number): string =>
  compact(perSecond < 100 ? Math.round(perSecond * 10) / 10 : Math.round(perSecond))
