import { aggregateOf } from '@tidewater/aggregates'
import type { AggregateName } from '@tidewater/aggregates'
import type { Duration } from '@tidewater/base'
import type { AggregateCall, Expr } from '@tidewater/expr'
import { describe } from './describe.ts'
import { aggregateValue } from './expression.ts'
import { mistake } from './mistake.ts'
import { familyOf, nodeOf } from './node.ts'
import type { Window } from './node.ts'
import { inWords } from './operand.ts'
import { optionsOf } from './options.ts'
import type { AnyFlag } from './value.ts'

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
export const argument = (fn: AggregateName, value: unknown, own: AggregateCall['options'] = {}): Expr => {
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
export const callOf = (
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

export const measured = (call: AggregateCall, window: Window | null = null): Expr => ({
  op: 'aggregate',
  call: { ...call, window },
  ...aggregateOf(call).answer(call.arg?.type ?? null, call.read),
})

/** A measure that is an aggregate and nothing more. */
export const valueOf = <E>(call: AggregateCall): E => aggregateValue((window) => measured(call, window))

/** An aggregate of one value. */
export const of = <E>(
  fn: AggregateName,
  value: unknown,
  options: unknown,
  own: AggregateCall['options'] = {},
): E => valueOf(callOf(fn, argument(fn, value, own), options, own))
