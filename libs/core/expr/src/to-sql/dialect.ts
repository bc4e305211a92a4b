import { floorToSql } from '@tidewater/windows'
import type { CalendarUnit } from '../node.ts'
import type { Type } from '../type.ts'
import type { AggregateWords } from './aggregate-words.ts'
import type { ItemWords } from './item-words.ts'

/**
 * What differs between the engines. Everything else is printed once, in `print-expr.ts`.
 *
 * Inside a statement every value has the form JavaScript gives it (its *cell form*), so the engines compute the same:
 * exact numbers are integers scaled by 10^scale, instants are integers (ms), numbers are doubles, entries are a struct of `key` and
 * `value`, the rest is plain.
 */
export interface SqlDialect {
  readonly name: 'duckdb' | 'clickhouse'
  identifier(name: string): string
  text(value: string): string
  double(value: number): string
  /** The column type of a cell form; always nullable. `set` is a list of it. */
  cellType(type: Type): string
  setType(type: Type): string
  /** The type an analyst sees (language.md §7). */
  columnType(type: Type): string
  /** Cell form of an event's or table's own column, which has its declared type. */
  fromColumn(type: Type, column: string): string
  /** Declared type from the cell form; exact, and text stays text. */
  toColumn(type: Type, cell: string): string
  /** The same value with a type that has no NULL, where the value is always there. */
  known(column: string): string
  /** Both operands are integers; the quotient is cut towards zero. */
  integerDivide(a: string, b: string): string
  /** `body` over a name for `value`, so that a long expression is printed once however often it is used. */
  bind(value: string, body: (name: string) => string): string
  /** Null where the double is infinite or no number: also x / 0. */
  finite(double: string): string
  log1p(double: string): string
  /** 64 bits of a text, equal for equal ones. */
  hash64(text: string): string
  /** Rows of the left that have no match. */
  readonly antiJoin: string
  /** The integer that the only group of a pattern finds in a text; NULL where it finds none. At most 18 digits. */
  found(text: string, pattern: string): string
  /** The same as a text. It is never empty. */
  foundText(text: string, pattern: string): string
  /** A–Z only: engines carry different Unicode tables. */
  lower(text: string): string
  startsWith(text: string, start: string): string
  /** The value of the last step that begins at or before x; steps begin in order, the first before every x. Integers. */
  steps(x: string, begins: readonly number[], values: readonly number[]): string
  /** Start of the UTC calendar unit that holds an instant, ms; also before 1970. */
  startOfUtc(unit: CalendarUnit, instant: string): string
  /** The start of the UTC unit after a start, ms. */
  nextUtc(unit: CalendarUnit, start: string): string
  /** The same integer in 128 bits; NULL only where it is. */
  wide(integer: string): string
  /** The first 48 bits of the MD5 of a value's text, as an integer. */
  md5Prefix(value: string): string
  /** Of the items with one quotient by `size` the greatest, in order. */
  greatestOfEach(list: string, size: number): string
  /** How many bits an integer that is not negative has; of 0 it is 0 or 1. */
  bitLength(integer: string): string
  /** Without its lowest bits; with as many more, in 128 bits. */
  shiftRight(integer: string, bits: string): string
  shiftLeft(wide: string, bits: string): string
  sorted(list: string): string
  /** A 64-bit integer worked out item by item. */
  fold(list: string, initial: string, step: (so: string, item: string) => string): string
  /** How many items a list has. */
  length(list: string): string
  /** `to` of each item. */
  map(list: string, to: (item: string) => string): string
  filter(list: string, keep: (item: string) => string): string
  /** At most the first `n`. */
  first(list: string, n: number): string
  /** The n-th item from the end, counted from 1; something else when there are fewer. */
  fromEnd(list: string, n: number): string
  /** Total of a list of 128-bit integers, 0 of nothing. */
  total(list: string): string
  /** The text of an integer or a text. */
  textOf(value: string): string
  /** The 64-bit integer that a text or another integer is. */
  integerOf(text: string): string
  /** 2^x of a double. */
  powerOfTwo(double: string): string
  readonly items: ItemWords
  /** The wall clock, ms. */
  readonly now: string
  /** What introduces a common table expression over `relation` that the statement reads several times: `AS`. */
  readAgain(relation: string): string
  readonly aggregates: AggregateWords
}

/** Integers of at most 18 digits are 64 bits wide, wider ones 128. */
export type Width = 64 | 128

export const widthOf = (type: Type): Width =>
  (type.kind === 'int' || type.kind === 'decimal') && type.digits > 18 ? 128 : 64

/** '0.001' for 3: the decimal whose integer is 1. */
export const smallest = (scale: number): string => (scale === 0 ? '1' : `0.${'1'.padStart(scale, '0')}`)

/** A column or a number is short enough to repeat. */
const isShort = (sql: string): boolean => /^(CAST\()?\w+(\.(\w+|"\w+"|`\w+`))?( AS [\w()]+\))?$/.test(sql)

/** A lambda's parameter that no lambda inside `sql` uses. */
const freshName = (sql: string): string => {
  const used = [...sql.matchAll(/\bv(\d+)\b/g)].map((match) => Number(match[1]))
  return `v${Math.max(0, ...used) + 1}`
}

/** `SqlDialect.bind` by a lambda over a list of one value; `lambda` prints it. */
export const bindBy =
  (lambda: (value: string, name: string, body: string) => string) =>
  (value: string, body: (name: string) => string): string => {
    if (isShort(value)) return body(value)
    // The body may hold other operands with lambdas of their own, so it is printed once to see their names.
    const name = freshName(value + body(''))
    return lambda(value, name, body(name))
  }

/** Integer division that rounds down; both engines cut towards zero. `by` > 0. */
export const floorDivSql = (dialect: SqlDialect, x: string, by: number): string =>
  // A multiple of `by`, so its quotient is exact.
  dialect.integerDivide(floorToSql(x, by), String(by))
