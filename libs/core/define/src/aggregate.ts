import { DISTINCT_AT_MOST, INT } from '@tidewater/aggregates'
import type { Duration } from '@tidewater/base'
import { argument, callOf, measured, of, valueOf } from './aggregate-call.ts'
import type { Aggregate, Where } from './aggregate-call.ts'
import { describe } from './describe.ts'
import { expression } from './expression.ts'
import { decimalText, numberLiteral } from './literal.ts'
import { mistake } from './mistake.ts'
import { durationMs, inWords } from './operand.ts'
import { optionsOf } from './options.ts'
import type { AnyNumeric, Flag, Instant, KindOf, List, Num, Numeric, Text, Value } from './value.ts'

/** A number measured over many events. */
export type Measure<K extends Num, Q extends null = never> = Numeric<K, 'measure', Q>

/** A value of one event as a measure: it is missing while there is no event. */
export type Lifted<E> = E extends { readonly '~kind': 'text'; readonly '~type': infer T }
  ? Text<Exclude<T, null> & string, 'measure', null>
  : E extends { readonly '~kind': infer K extends Num }
    ? Numeric<K, 'measure', null>
    : E extends { readonly '~kind': 'flag' }
      ? Flag<'measure', null>
      : E extends { readonly '~kind': 'instant' }
        ? Instant<'measure', null>
        : never

/** A total may also fade with time. */
export type Total<E> = Aggregate<E> & {
  /**
   * One weighs half as much for each half-life (1 s to 365 days) that it is older than the answer's moment; a double. A weight is
   * at most 0.0003 % off. Takes int and decimal values of at most 15 digits.
   */
  decaying(options: { readonly halfLife: Duration }): Aggregate<Measure<'number', null>>
}

const MOST_DISTINCT = 1_000_000

/** How many events. 0 when there is none. */
export const count = (options?: Where): Total<Measure<'int'>> => valueOf(callOf('count', null, options))

/** Exact for int and decimal. 0 when there is none; missing values add nothing. */
export const sum = <const E extends AnyNumeric<'event'> | number>(
  value: E,
  options?: Where,
): Total<Measure<KindOf<E>>> =>
  typeof value === 'number'
    ? valueOf(callOf('sum', numberLiteral(value, INT), options))
    : of('sum', value, options)

/** The arithmetic mean of known values, a double. Missing when there is none. */
export const mean = (value: AnyNumeric<'event'>, options?: Where): Aggregate<Measure<'number', null>> =>
  of('mean', value, options)

/**
 * The mean of known values by event time, where one weighs half as much for each half-life (1 s to 365 days) that it is older; a
 * double. A weight is at most 0.0003 % off. Missing when there is none; takes int and decimal values of at most 15 digits.
 */
export const ema = (
  value: AnyNumeric<'event'>,
  options: Where & { readonly halfLife: Duration },
): Aggregate<Measure<'number', null>> => {
  const { halfLife } = optionsOf('ema', options, ['where', 'halfLife'])
  return of('ema', value, options, { halfLife: { ms: durationMs(halfLife, 'halfLife') } })
}

/** The population variance of known values, a double. Missing when there is none; exact values: up to 15 digits. */
export const variance = (value: AnyNumeric<'event'>, options?: Where): Aggregate<Measure<'number', null>> =>
  of('variance', value, options)

/** The population standard deviation of known values, a double. Missing when there is none; exact values: up to 15 digits. */
export const deviation = (value: AnyNumeric<'event'>, options?: Where): Aggregate<Measure<'number', null>> =>
  of('deviation', value, options)

/** The least known value. Missing when there is none. */
export const min = <E extends AnyNumeric<'event'>>(
  value: E,
  options?: Where,
): Aggregate<Measure<E['~kind'], null>> => of('min', value, options)

/** The greatest known value. Missing when there is none. */
export const max = <E extends AnyNumeric<'event'>>(
  value: E,
  options?: Where,
): Aggregate<Measure<E['~kind'], null>> => of('max', value, options)

/** The known value of the event with the greatest time; ties go to the later in the log. Missing when there is none. */
export const latest = <E extends Value<unknown, 'event'>>(value: E, options?: Where): Aggregate<Lifted<E>> =>
  of('latest', value, options)

/** The known value of the event with the least time; ties go to the earlier in the log. Missing when there is none. */
export const earliest = <E extends Value<unknown, 'event'>>(
  value: E,
  options?: Where,
): Aggregate<Lifted<E>> => of('earliest', value, options)

/**
 * How many different known values, exactly. Beyond `atMost` (10,000 unless said) the answer is missing and says
 * so in `degraded`: never a wrong number.
 */
export const distinct = (
  value: Value<unknown, 'event'>,
  options?: Where & { readonly atMost?: number },
): Aggregate<Measure<'int', null>> => {
  const arg = argument('distinct', value)
  const atMost = options?.atMost ?? DISTINCT_AT_MOST
  if (!Number.isInteger(atMost) || atMost < 1 || atMost > MOST_DISTINCT)
    throw mistake(`'atMost' takes 1 to ${MOST_DISTINCT}, not ${inWords(atMost)}`)
  return valueOf(callOf('distinct', arg, options, { atMost }))
}

/**
 * How many known values lie below the first edge, from each edge to below the next, and from the last edge on: a list with one
 * count more than there are edges, all 0 when there is no value. Exact.
 */
export const histogram = (
  value: AnyNumeric<'event'>,
  edges: readonly number[],
  options?: Where,
): Aggregate<List<number>> => {
  return of('histogram', value, options, { edges })
}

/**
 * The value at a share of the ordered known values, by nearest rank: 0.5 is the median, 0.95 the value that 95 % do not exceed. At
 * most 0.4 % of itself off, and exact while its integer (cents of a decimal(12, 2)) is below 256. Missing when there is none.
 * Takes int and decimal values; several shares of one value share what is kept.
 */
export const quantile = <E extends AnyNumeric<'event'>>(
  value: E,
  share: number,
  options?: Where,
): Aggregate<Measure<E['~kind'], null>> => {
  const arg = argument('quantile', value)
  if (typeof share !== 'number' || !(share >= 0 && share <= 1) || Number(share.toFixed(6)) !== share)
    throw mistake(
      `'quantile' takes a share from 0 to 1 with at most 6 digits, not ${inWords(share)}`,
      `write quantile(${describe(arg)}, 0.95)`,
    )
  return valueOf({ ...callOf('quantile', arg, options), read: decimalText(share) })
}

/**
 * About how many different known values, from 4,096 registers however many there are: the standard error is 1.6 %, and few values
 * are nearly exact. 0 when there is none. `distinct` is exact, and keeps the values.
 */
export const approxDistinct = (value: Value<unknown, 'event'>, options?: Where): Aggregate<Measure<'int'>> =>
  of('approxDistinct', value, options)

/** The session open at the answer's moment: events of one key with no silence longer than the gap. */
export interface Session {
  /** From its first to its last event; 0 when none is open. */
  seconds(): Measure<'number'>
  /** 0 when none is open. */
  events(): Measure<'int'>
  /** Missing when none is open. */
  startedAt(): Instant<'measure', null>
}

/** Sessions end after a silence longer than `gap`. */
export const session = (options: Where & { readonly gap: Duration }): Session => {
  const { gap } = optionsOf('session', options, ['gap', 'where'])
  const call = callOf('session', null, options, { gap: { ms: durationMs(gap, 'gap') } })
  const read = <E>(read: keyof Session): E => expression(measured({ ...call, read }), 'measure')
  return {
    seconds: () => read('seconds'),
    events: () => read('events'),
    startedAt: () => read('startedAt'),
  }
}
