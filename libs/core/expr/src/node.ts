import type { Type } from './type.ts'

export type CalendarUnit = 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year'

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
 * | missing | null |
 */
export type Value = string | number | bigint | boolean | null

interface Typed {
  readonly type: Type
  /** True when the value may be missing (null). */
  readonly optional: boolean
}

/** One node of a typed expression. Plain data: print it, hash it, compile it. */
export type Expr = Typed &
  (
    | { readonly op: 'field'; readonly name: string }
    /** Exact literals are text ('0.1'), so nothing is lost; the others are JavaScript values. */
    | { readonly op: 'literal'; readonly value: string | number | boolean }
    /** `Product.of(key).category`: null when the key is missing or has no row. */
    | { readonly op: 'lookup'; readonly table: string; readonly field: string; readonly args: readonly [Expr] }
    | { readonly op: 'aggregate'; readonly call: AggregateCall }
    | { readonly op: Unary; readonly args: readonly [Expr] }
    | { readonly op: Binary; readonly args: readonly [Expr, Expr] }
    /** x, low, high; null stays null. `cap(h)` is a clamp without low (`null`). */
    | { readonly op: 'clamp'; readonly args: readonly [Expr, Expr | null, Expr] }
    | { readonly op: 'round'; readonly digits: number; readonly args: readonly [Expr] }
    | { readonly op: 'isIn'; readonly values: readonly string[]; readonly args: readonly [Expr] }
    /** Text → decimal by table; a text without a weight is 0; null stays null. Weights are decimal text. */
    | { readonly op: 'weigh'; readonly weights: Readonly<Record<string, string>>; readonly args: readonly [Expr] }
    | { readonly op: 'startOf'; readonly unit: CalendarUnit; readonly args: readonly [Expr] }
  )

export type Unary =
  | 'abs' | 'log1p' | 'not' | 'isMissing' | 'isKnown' | 'orSkip' | 'lower' | 'hourOfDay'
  /** Seconds from the instant to asOf, a number; measures only. */
  | 'secondsAgo'

export type Binary =
  | 'plus' | 'minus' | 'times' | 'dividedBy' | 'greatest' | 'least'
  | 'is' | 'above' | 'below' | 'atLeast' | 'atMost'
  | 'and' | 'or'
  /** The first unless it is missing, then the second. */
  | 'orElse'
  /** The first where the second is true, else null. */
  | 'onlyIf'

export type AggregateFn = 'count' | 'sum' | 'mean' | 'min' | 'max' | 'latest' | 'earliest' | 'distinct' | 'session'

/** One aggregate as written in a measure. */
export interface AggregateCall {
  readonly fn: AggregateFn
  readonly arg: Expr | null
  readonly where: Expr | null
  readonly window: { readonly kind: 'last' | 'previous'; readonly ms: number } | null
  /** distinct: the most values kept (10,000 unless said). */
  readonly atMost: number | null
  /** session: the silence that ends one, in ms. */
  readonly gapMs: number | null
  /** session: what is read from it. */
  readonly read: 'seconds' | 'events' | 'startedAt' | null
}
