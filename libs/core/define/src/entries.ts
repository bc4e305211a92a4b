import { BREAKDOWN_AT_MOST, COUNTERS, INT, aggregateOf } from '@tidewater/aggregates'
import type { AggregateCall, Type } from '@tidewater/expr'
import { callOf, of, valueOf } from './aggregate-call.ts'
import type { Aggregate, Where } from './aggregate-call.ts'
import type { Measure } from './aggregate.ts'
import { describe } from './describe.ts'
import { mistake } from './mistake.ts'
import { nodeOf } from './node.ts'
import { inWords } from './operand.ts'
import { optionsOf } from './options.ts'
import type { AnyText, List, Num, NumberOf, Numeric } from './value.ts'

const isKey = ({ kind }: Type): boolean => ['id', 'text', 'oneOf', 'int'].includes(kind)

/** What belongs to a key. */
export interface Entry<T> {
  readonly key: string
  readonly value: T
}

/**
 * The `n` most frequent known values with how often they occur, ties by value: a list, empty when there is none. A sample of the rows
 * is counted exactly with at most `counters` counts (4,096 unless said). While that is all rows (80 different values always,
 * hundreds mostly), every count is exact; beyond, a count of share p of all is off by √(2p ÷ counters) of all, as standard
 * error: of 10 % by 0.7 % of all. Takes texts, ids and ints.
 */
export const topK = (
  value: AnyText<'event'> | Numeric<'int', 'event', null> | Numeric<'int', 'event'>,
  options: Where & { readonly n: number; readonly counters?: number },
): Aggregate<List<Entry<number>>> => {
  const { n, counters = COUNTERS } = optionsOf('topK', options, ['where', 'n', 'counters'])
  return of('topK', value, { where: options.where }, { n, counters } as AggregateCall['options'])
}

/**
 * The total for each key: the `top` greatest, ties by key, of `count()` or `sum(value)`, whose `where` chooses the events. Exact up
 * to `atMost` keys (1,000 unless said). Beyond, the list is empty and the answer says so in `degraded`: never a wrong number.
 */
export const breakdown = <K extends Num>(
  key: AnyText<'event'> | Numeric<'int', 'event', null> | Numeric<'int', 'event'>,
  measure: Aggregate<Measure<K>>,
  options: { readonly top: number; readonly atMost?: number },
): Aggregate<List<Entry<NumberOf<K>>>> => {
  const by = nodeOf(key)
  if (by === null || by.scope === 'measure' || !isKey(by.expr.type))
    throw mistake(
      `'breakdown' takes a text, id or int of an event as its key, not ${by === null ? inWords(key) : describe(by.expr)}`,
      'write breakdown(e.country, count(), { top: 10 })',
    )
  const call = nodeOf(measure)?.expr
  if (call?.op !== 'aggregate' || call.call.window !== null || !['count', 'sum'].includes(call.call.fn))
    throw mistake(
      `'breakdown' takes count() or sum(value), not ${call === undefined ? inWords(measure) : describe(call)}`,
      'a window goes on the breakdown: breakdown(e.country, count(), { top: 10 }).last(hours(1))',
    )
  const { arg, where } = call.call
  const { top, atMost = BREAKDOWN_AT_MOST } = optionsOf('breakdown', options, ['top', 'atMost'])
  const own = { top, atMost } as AggregateCall['options']
  const refusal = aggregateOf({ fn: 'breakdown' }).refuses?.(arg?.type ?? INT, describe(arg ?? by.expr), own)
  if (refusal) throw mistake(refusal.wrong, refusal.cure)
  return valueOf({ ...callOf('breakdown', arg, undefined, own), by: by.expr, where })
}
