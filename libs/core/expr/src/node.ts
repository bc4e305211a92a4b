import type { Duration } from '@tidewater/base'
import type { CalendarUnit } from '@tidewater/windows'
import type { Type } from './type.ts'

export type { CalendarUnit }

/**
 * A value of a cell at run time.
 *
 * | type | JavaScript value |
 * |---|---|
 * | id, text, oneOf | string |
 * | int, decimal | `Exact`: the value × 10^scale as a safe integer, or a bigint beyond 2^53 |
 * | number | finite double |
 * | boolean | boolean |
 * | instant | ms since epoch, UTC |
 * | list | its items; an entry is `[key, value]` |
 * | missing | null |
 */
export type Value = Scalar | readonly Scalar[] | readonly Entry[]

/** An item of a list of entries. */
export type Entry = readonly [key: string, value: Scalar]

/** A value that is no list. */
export type Scalar = string | number | bigint | boolean | null

interface Typed {
  readonly type: Type
  /** True when the value may be missing (null). */
  readonly optional: boolean
}

/**
 * One node of a typed expression. Plain data: print it, hash it, compile it.
 *
 * Missing values, the same in JavaScript, DuckDB and ClickHouse: an operation on a missing value is missing, but for
 * `isMissing isKnown orElse`, and `and or not`, which have three values as in SQL (missing and false is false). A
 * filter (`where`, `onlyIf`) takes a row only when it is true. Operands are first brought to one type: int < decimal <
 * number, exact values at the wider scale. A `number` that would be infinite or no number is missing.
 */
export type Expr = Typed &
  (
    | { readonly op: 'field'; readonly name: string }
    /** Exact literals are text ('0.1'), so nothing is lost; the others are JavaScript values. */
    | { readonly op: 'literal'; readonly value: string | number | boolean }
    /** `Product.of(key).category`: null when the key is missing or has no row. */
    | {
        readonly op: 'lookup'
        readonly table: string
        readonly field: string
        readonly args: readonly [Expr]
      }
    | { readonly op: 'aggregate'; readonly call: AggregateCall }
    | { readonly op: Unary; readonly args: readonly [Expr] }
    | { readonly op: Binary; readonly args: readonly [Expr, Expr] }
    /** x, low, high; null stays null. `cap(h)` is a clamp without low (`null`). */
    | { readonly op: 'clamp'; readonly args: readonly [Expr, Expr | null, Expr] }
    /** Half away from zero: exactly on exact types; a `number` is sign(x) × floor(|x| × 10^digits + 0.5) / 10^digits. */
    | { readonly op: 'round'; readonly digits: number; readonly args: readonly [Expr] }
    | { readonly op: 'isIn'; readonly values: readonly string[]; readonly args: readonly [Expr] }
    /** Text → decimal by table; a text without a weight is 0; null stays null. Weights are decimal text. */
    | {
        readonly op: 'weigh'
        readonly weights: Readonly<Record<string, string>>
        readonly args: readonly [Expr]
      }
    | { readonly op: 'startOf'; readonly unit: CalendarUnit; readonly args: readonly [Expr] }
  )

/** Operations on one value and nothing else. */
export const UNARY = [
  'abs',
  'not',
  'isMissing',
  'isKnown',
  'orSkip',
  /** ln(1 + x); missing when x ≤ −1. */
  'log1p',
  /** A–Z to a–z and nothing else: the engines know different versions of Unicode. */
  'lower',
  /** 0–23, UTC. */
  'hourOfDay',
  /** Seconds from the instant to asOf, a number; measures only. */
  'secondsAgo',
] as const
export type Unary = (typeof UNARY)[number]

/** Operations on two values and nothing else. */
export const BINARY = [
  'plus',
  'minus',
  'times',
  /** A `number`: both as doubles, then divided; missing when the divisor is 0. */
  'dividedBy',
  /** Missing when either is missing. */
  'greatest',
  'least',
  'is',
  'above',
  'below',
  'atLeast',
  'atMost',
  'and',
  'or',
  /** The first unless it is missing, then the second. */
  'orElse',
  /** The first where the second is true, else null. */
  'onlyIf',
] as const
export type Binary = (typeof BINARY)[number]

/** The nodes of these operations. */
export type Op<O extends Expr['op']> = Extract<Expr, { op: O }>

export const isUnary = (expr: Expr): expr is Op<Unary> => UNARY.some((op) => op === expr.op)
export const isBinary = (expr: Expr): expr is Op<Binary> => BINARY.some((op) => op === expr.op)

/** A value of an aggregate's own option, as the author wrote it. */
export type Option = number | string | Duration | readonly number[]

/** One aggregate as written in a measure. */
export interface AggregateCall {
  /** Its name in the list of aggregates. */
  readonly fn: string
  readonly arg: Expr | null
  /** The text by which a keyed aggregate tells totals apart; others have none. */
  readonly by?: Expr
  readonly where: Expr | null
  readonly window: { readonly kind: 'last' | 'previous'; readonly ms: number } | null
  /** What else decides what is kept, by the names that the aggregate gives its options. */
  readonly options: Readonly<Record<string, Option>>
  /** Which of the aggregate's `reads` is asked for, when there is more than one. */
  readonly read: string | null
}
