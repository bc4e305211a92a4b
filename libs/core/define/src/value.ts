import type { CalendarUnit } from '@tidewater/expr'

export type { CalendarUnit } from '@tidewater/expr'

declare const exact: unique symbol

/** An exact decimal as text: '4776808.812'. */
export type Decimal = string & { readonly [exact]: true }

/** Kinds of numbers, from narrow to wide. */
export type Num = 'int' | 'decimal' | 'number'

/** The wider of two kinds of numbers. */
export type Wide<A extends Num, B extends Num> = 'number' extends A | B
  ? 'number'
  : 'decimal' extends A | B
    ? 'decimal'
    : 'int'

/** A number literal is exact: 2 is an int, 0.1 a decimal. */
export type LiteralKind<N extends number> = `${N}` extends `${bigint}` ? 'int' : 'decimal'

/** Where a value lives: 'event' is a value of one event, 'measure' a value of many. */
export type Scope = 'event' | 'measure'

/** What stands for a value of a definition. The members that start with ~ exist for the type checker only. */
export interface Standing<T, S extends Scope> {
  readonly '~type': T
  readonly '~scope': S
}

/** Any single value of a definition. */
export interface Value<T, S extends Scope> extends Standing<T, S> {
  /** True when there is no value. Never missing itself. */
  isMissing(): Flag<S>
  /** The opposite of isMissing. */
  isKnown(): Flag<S>
}

export interface AnyNumeric<S extends Scope> extends Value<number | Decimal | null, S> {
  readonly '~kind': Num
}
export interface AnyText<S extends Scope, T extends string = string> extends Value<T | null, S> {
  readonly '~kind': 'text'
}
export interface AnyFlag<S extends Scope> extends Value<boolean | null, S> {
  readonly '~kind': 'flag'
}
export interface AnyInstant<S extends Scope> extends Value<Date | null, S> {
  readonly '~kind': 'instant'
}

/** What a value of a kind of number is in JavaScript. */
export type NumberOf<K extends Num> = K extends 'decimal' ? Decimal : number
export type KindOf<O> = O extends number
  ? LiteralKind<O>
  : O extends { readonly '~kind': infer K extends Num }
    ? K
    : never
/** `null` when the value may be missing, else never. */
export type MissingOf<O> = O extends { readonly '~type': infer T } ? Extract<T, null> : never

/** Several values at once: a measure that is answered as it is. */
export type List<T> = Standing<readonly T[], 'measure'>

/** A number. `K` is its kind, `S` its scope, `Q` is null when it may be missing. Missing in, missing out. */
export interface Numeric<K extends Num, S extends Scope, Q extends null = never> extends Value<
  NumberOf<K> | Q,
  S
> {
  readonly '~kind': K
  plus<const O extends AnyNumeric<S> | number>(other: O): Numeric<Wide<K, KindOf<O>>, S, Q | MissingOf<O>>
  minus<const O extends AnyNumeric<S> | number>(other: O): Numeric<Wide<K, KindOf<O>>, S, Q | MissingOf<O>>
  times<const O extends AnyNumeric<S> | number>(other: O): Numeric<Wide<K, KindOf<O>>, S, Q | MissingOf<O>>
  /** Missing when the divisor is 0 or missing. */
  dividedBy(other: AnyNumeric<S> | number): Numeric<'number', S, null>
  abs(): Numeric<K, S, Q>
  /** ln(1 + x). */
  log1p(): Numeric<'number', S, null>
  /** Half away from zero; of measures only, because engines round differently and state must not. */
  round(this: AnyNumeric<'measure'>, digits: number): Numeric<K, S, Q>
  /** Kept between both bounds. */
  clamp<const L extends number, const H extends number>(
    low: L,
    high: H,
  ): Numeric<Wide<K, Wide<LiteralKind<L>, LiteralKind<H>>>, S, Q>
  /** At most `high`. */
  cap<const H extends number>(high: H): Numeric<Wide<K, LiteralKind<H>>, S, Q>
  is<const O extends AnyNumeric<S> | number>(other: O): Flag<S, Q | MissingOf<O>>
  above<const O extends AnyNumeric<S> | number>(other: O): Flag<S, Q | MissingOf<O>>
  below<const O extends AnyNumeric<S> | number>(other: O): Flag<S, Q | MissingOf<O>>
  atLeast<const O extends AnyNumeric<S> | number>(other: O): Flag<S, Q | MissingOf<O>>
  atMost<const O extends AnyNumeric<S> | number>(other: O): Flag<S, Q | MissingOf<O>>
  /** Missing unless the condition is true. */
  onlyIf(condition: AnyFlag<S>): Numeric<K, S, null>
  /** The other value where this one is missing. */
  orElse<const O extends AnyNumeric<S> | number>(other: O): Numeric<Wide<K, KindOf<O>>, S, MissingOf<O>>
  /** Keys only: leaves the event out where this is missing; it is counted as keyless. */
  orSkip(): Numeric<K, S>
}

/** A text, an id, or one of a fixed list. */
export interface Text<T extends string, S extends Scope, Q extends null = never> extends Value<T | Q, S> {
  readonly '~kind': 'text'
  is<const O extends T | AnyText<S>>(other: O): Flag<S, Q | MissingOf<O>>
  isIn(...values: T[]): Flag<S, Q>
  /** A decimal by table; a text that is not in it weighs 0. */
  weigh(weights: Partial<Record<T, number>>): Numeric<'decimal', S, Q>
  lower(): Text<string, S, Q>
  /** Missing unless the condition is true. */
  onlyIf(condition: AnyFlag<S>): Text<T, S, null>
  /** The other value where this one is missing. */
  orElse<const O extends T | AnyText<S, T>>(other: O): Text<T, S, MissingOf<O>>
  /** Keys only: leaves the event out where this is missing; it is counted as keyless. */
  orSkip(): Text<T, S>
}

/** A condition: true, false or missing. A missing condition chooses nothing. */
export interface Flag<S extends Scope, Q extends null = never> extends Value<boolean | Q, S> {
  readonly '~kind': 'flag'
  and<O extends AnyFlag<S>>(other: O): Flag<S, Q | MissingOf<O>>
  or<O extends AnyFlag<S>>(other: O): Flag<S, Q | MissingOf<O>>
  not(): Flag<S, Q>
  is<const O extends boolean | AnyFlag<S>>(other: O): Flag<S, Q | MissingOf<O>>
  onlyIf(condition: AnyFlag<S>): Flag<S, null>
  orElse<const O extends boolean | AnyFlag<S>>(other: O): Flag<S, MissingOf<O>>
  /** Keys only: leaves the event out where this is missing; it is counted as keyless. */
  orSkip(): Flag<S>
}

/** A moment, ms since epoch, UTC. */
export interface Instant<S extends Scope, Q extends null = never> extends Value<Date | Q, S> {
  readonly '~kind': 'instant'
  /** 0 to 23, UTC. */
  hourOfDay(): Numeric<'int', S, Q>
  /** The start of its hour, day, week (Monday), month, quarter or year, UTC. */
  startOf(unit: CalendarUnit): Instant<S, Q>
  /** Seconds from it to the answer's own moment (asOf); of measures only. */
  secondsAgo(this: AnyInstant<'measure'>): Numeric<'number', S, Q>
  onlyIf(condition: AnyFlag<S>): Instant<S, null>
  /** Keys only: leaves the event out where this is missing; it is counted as keyless. */
  orSkip(): Instant<S>
}
