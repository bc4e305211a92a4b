import type { Duration } from '@tidewater/base'
import { INT_DIGITS } from '@tidewater/expr'
import type { AggregateCall, AggregateFn, Expr, Type } from '@tidewater/expr'
import { describe } from './describe.ts'
import { aggregateValue, durationMs, expression } from './expression.ts'
import { numberLiteral } from './literal.ts'
import { mistake } from './mistake.ts'
import { familyOf, nodeOf } from './node.ts'
import { shown } from './operand.ts'
import { optionsOf } from './options.ts'
import type { AnyFlag, AnyNumeric, Flag, Instant, KindOf, Num, Numeric, Text, Value } from './value.ts'
import { totalType } from './width.ts'

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

const INT: Type = { kind: 'int', digits: INT_DIGITS }
const NUMBER: Type = { kind: 'number' }
const MOST_DISTINCT = 1_000_000

const whereOf = (options: Record<string, unknown>): Expr | null => {
  const value = options['where']
  if (value === undefined) return null
  const node = nodeOf(value)
  if (node === null || familyOf(node.expr.type) !== 'condition')
    throw mistake(`'where' takes a condition, not ${shown(value)}`, "write where: e.type.is('click')")
  if (node.scope === 'measure')
    throw mistake(
      "'where' chooses events, so it takes a condition on one event, not on a measure",
      'use .onlyIf(condition) on the measure',
    )
  return node.expr
}

const CALL: AggregateCall = {
  fn: 'count',
  arg: null,
  where: null,
  window: null,
  atMost: null,
  gapMs: null,
  read: null,
}

/** The argument of an aggregate: a value of one event. */
const argument = (fn: AggregateFn, value: unknown): Expr => {
  const node = nodeOf(value)
  if (node === null)
    throw mistake(`'${fn}' takes a value of an event, not ${shown(value)}`, `write ${fn}(e.amount)`)
  if (node.scope === 'measure')
    throw mistake(`'${fn}' takes a value of one event, but ${describe(node.expr)} is a measure already`)
  return node.expr
}

const numeric = (fn: AggregateFn, expr: Expr): Expr => {
  if (familyOf(expr.type) !== 'number')
    throw mistake(`'${fn}' takes a number, not ${describe(expr)}, which is ${expr.type.kind}`)
  return expr
}

const aggregate = <E>(
  call: Partial<AggregateCall> & { fn: AggregateFn },
  type: Type,
  optional: boolean,
  options: unknown,
): E => {
  const where = whereOf(
    options === undefined
      ? {}
      : optionsOf(call.fn, options, call.fn === 'distinct' ? ['where', 'atMost'] : ['where']),
  )
  return aggregateValue<E>({ op: 'aggregate', call: { ...CALL, ...call, where }, type, optional })
}

/** How many events. 0 when there is none. */
export const count = (options?: Where): Aggregate<Measure<'int'>> =>
  aggregate({ fn: 'count' }, INT, false, options)

/** Exact for int and decimal. 0 when there is none; missing values add nothing. */
export const sum = <const E extends AnyNumeric<'event'> | number>(
  value: E,
  options?: Where,
): Aggregate<Measure<KindOf<E>>> => {
  const arg = typeof value === 'number' ? numberLiteral(value, INT) : numeric('sum', argument('sum', value))
  return aggregate({ fn: 'sum', arg }, totalType(arg.type), false, options)
}

/** The arithmetic mean of known values, a double. Missing when there is none. */
export const mean = (value: AnyNumeric<'event'>, options?: Where): Aggregate<Measure<'number', null>> =>
  aggregate({ fn: 'mean', arg: numeric('mean', argument('mean', value)) }, NUMBER, true, options)

const extreme = <E>(fn: 'min' | 'max', value: unknown, options: unknown): E => {
  const arg = numeric(fn, argument(fn, value))
  return aggregate({ fn, arg }, arg.type, true, options)
}

/** The least known value. Missing when there is none. */
export const min = <E extends AnyNumeric<'event'>>(
  value: E,
  options?: Where,
): Aggregate<Measure<E['~kind'], null>> => extreme('min', value, options)

/** The greatest known value. Missing when there is none. */
export const max = <E extends AnyNumeric<'event'>>(
  value: E,
  options?: Where,
): Aggregate<Measure<E['~kind'], null>> => extreme('max', value, options)

const ordered = <E>(fn: 'latest' | 'earliest', value: unknown, options: unknown): E => {
  const arg = argument(fn, value)
  return aggregate({ fn, arg }, arg.type, true, options)
}

/** The known value of the event with the greatest time; ties go to the later in the log. Missing when there is none. */
export const latest = <E extends Value<unknown, 'event'>>(value: E, options?: Where): Aggregate<Lifted<E>> =>
  ordered('latest', value, options)

/** The known value of the event with the least time; ties go to the earlier in the log. Missing when there is none. */
export const earliest = <E extends Value<unknown, 'event'>>(
  value: E,
  options?: Where,
): Aggregate<Lifted<E>> => ordered('earliest', value, options)

/**
 * How many different known values, exactly. Beyond `atMost` (10,000 unless said) the answer is missing and says
 * so in `degraded`: never a wrong number.
 */
export const distinct = (
  value: Value<unknown, 'event'>,
  options?: Where & { readonly atMost?: number },
): Aggregate<Measure<'int', null>> => {
  const arg = argument('distinct', value)
  if (arg.type.kind === 'number')
    throw mistake(`'distinct' cannot tell doubles apart, and ${describe(arg)} is one`, 'use a decimal field')
  const atMost = options?.atMost ?? 10_000
  if (!Number.isInteger(atMost) || atMost < 1 || atMost > MOST_DISTINCT)
    throw mistake(`'atMost' takes 1 to ${MOST_DISTINCT}, not ${shown(atMost)}`)
  return aggregate({ fn: 'distinct', arg, atMost }, INT, true, options)
}

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
  const words = optionsOf('session', options, ['gap', 'where'])
  const gapMs = durationMs(words['gap'], 'gap')
  const where = whereOf(words)
  const read = <E>(what: 'seconds' | 'events' | 'startedAt', type: Type, optional: boolean): E =>
    expression(
      { op: 'aggregate', call: { ...CALL, fn: 'session', where, gapMs, read: what }, type, optional },
      'measure',
    )
  return {
    seconds: () => read('seconds', NUMBER, false),
    events: () => read('events', INT, false),
    startedAt: () => read('startedAt', { kind: 'instant' }, true),
  }
}
