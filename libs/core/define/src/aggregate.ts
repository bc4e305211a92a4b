import { DISTINCT_AT_MOST, INT, aggregateOf } from '@tidewater/aggregates'
import type { AggregateName } from '@tidewater/aggregates'
import type { Duration } from '@tidewater/base'
import type { AggregateCall, Expr } from '@tidewater/expr'
import { describe } from './describe.ts'
import { aggregateValue, durationMs, expression } from './expression.ts'
import { decimalText, numberLiteral } from './literal.ts'
import { mistake } from './mistake.ts'
import { familyOf, nodeOf } from './node.ts'
import type { Window } from './node.ts'
import { inWords } from './operand.ts'
import { optionsOf } from './options.ts'
import type { AnyFlag, AnyNumeric, Flag, Instant, KindOf, List, Num, Numeric, Text, Value } from './value.ts'

/** A measure that may still be given a window. */
export type Aggregate<E> = E & {
  /** Over the last `duration` only, up to the answer's moment. */
  last(duration: Duration): E
  /** Over the equal period just before `.last(duration)`. */
  previous(duration: Duration): E
}

/** Counts only the events for which the condition is true. */
export interface Where {
  readonly where?: AnyFlag<'event'>
}

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

const MOST_DISTINCT = 1_000_000

const whereOf = (options: Record<string, unknown>): Expr | null => {
  const value = options['where']
  if (value === undefined) return null
  const node = nodeOf(value)
  if (node === null || familyOf(node.expr.type) !== 'condition')
    throw mistake(`'where' takes a condition, not ${inWords(value)}`, "write where: e.type.is('click')")
  if (node.scope === 'measure')
    throw mistake(
      "'where' chooses events, so it takes a condition on one event, not on a measure",
      'use .onlyIf(condition) on the measure',
    )
  return node.expr
}

/** The argument of an aggregate: a value of one event that it takes. */
const argument = (fn: AggregateName, value: unknown, own: AggregateCall['options'] = {}): Expr => {
  const node = nodeOf(value)
  if (node === null)
    throw mistake(`'${fn}' takes a value of an event, not ${inWords(value)}`, `write ${fn}(e.amount)`)
  const { expr } = node
  if (node.scope === 'measure')
    throw mistake(`'${fn}' takes a value of one event, but ${describe(expr)} is a measure already`)
  const aggregate = aggregateOf({ fn })
  if (aggregate.of === 'numbers' && familyOf(expr.type) !== 'number')
    throw mistake(`'${fn}' takes a number, not ${describe(expr)}, which is ${expr.type.kind}`)
  const refusal = aggregate.refuses?.(expr.type, describe(expr), own) ?? null
  if (refusal !== null) throw mistake(refusal.wrong, refusal.cure)
  return expr
}

/** The call of an aggregate; `own` are those of its options that not every aggregate has, checked. */
const callOf = (
  fn: AggregateName,
  arg: Expr | null,
  options: unknown,
  own: AggregateCall['options'] = {},
): AggregateCall => {
  const { options: known = {}, second } = aggregateOf({ fn })
  const words = ['where', ...Object.keys(known).filter((name) => name !== second)]
  const where = whereOf(options === undefined ? {} : optionsOf(fn, options, words))
  return { fn, arg, where, window: null, options: own, read: null }
}

const measured = (call: AggregateCall, window: Window | null = null): Expr => ({
  op: 'aggregate',
  call: { ...call, window },
  ...aggregateOf(call).answer(call.arg?.type ?? null, call.read),
})

/** A measure that is an aggregate and nothing more. */
const valueOf = <E>(call: AggregateCall): E => aggregateValue((window) => measured(call, window))

/** An aggregate of one value. */
const of = <E>(fn: AggregateName, value: unknown, options: unknown, own: AggregateCall['options'] = {}): E =>
  valueOf(callOf(fn, argument(fn, value, own), options, own))

/** How many events. 0 when there is none. */
export const count = (options?: Where): Aggregate<Measure<'int'>> => valueOf(callOf('count', null, options))

/** Exact for int and decimal. 0 when there is none; missing values add nothing. */
export const sum = <const E extends AnyNumeric<'event'> | number>(
  value: E,
  options?: Where,
): Aggregate<Measure<KindOf<E>>> =>
  typeof value === 'number'
    ? valueOf(callOf('sum', numberLiteral(value, INT), options))
    : of('sum', value, options)

/** The arithmetic mean of known values, a double. Missing when there is none. */
export const mean = (value: AnyNumeric<'event'>, options?: Where): Aggregate<Measure<'number', null>> =>
  of('mean', value, options)

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
