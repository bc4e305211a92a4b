import { must } from '@tidewater/base'
import type { Duration } from '@tidewater/base'
import { count, earliest, latest } from './aggregate.ts'
import type { Aggregate, Where } from './aggregate-call.ts'
import type { Measure } from './aggregate.ts'
import { describe } from './describe.ts'
import { aggregateValue } from './expression.ts'
import { mistake } from './mistake.ts'
import { familyOf, nodeOf } from './node.ts'
import type { Window } from './node.ts'
import { durationMs, inWords } from './operand.ts'
import type { AnyNumeric, Num, Numeric } from './value.ts'

// Words for two aggregates side by side: nothing is kept for them but what those keep.

/** Events per second, once it is said over which time. */
export interface Rate {
  /** Over the last `duration`, up to the answer's moment. */
  last(duration: Duration): Measure<'number'>
  /** Over the equal period just before `.last(duration)`. */
  previous(duration: Duration): Measure<'number'>
}

/** Events per second: `count()` over a window ÷ its seconds, a double. 0 when there is none. */
export const rate = (options?: Where): Rate => {
  const counted = count(options)
  const over = (kind: Window['kind'], duration: Duration): Measure<'number'> =>
    counted[kind](duration)
      .dividedBy(durationMs(duration, kind) / 1_000)
      .orElse(0)
  return { last: (duration) => over('last', duration), previous: (duration) => over('previous', duration) }
}

/** `latest` − `earliest` of the known values, exact for int and decimal; 0 of a single one. Missing when there is none. */
export const change = <E extends AnyNumeric<'event'>>(
  value: E,
  options?: Where,
): Aggregate<Measure<E['~kind'], null>> => {
  const node = nodeOf(value)
  if (node === null || familyOf(node.expr.type) !== 'number')
    throw mistake(`'change' takes a number of an event, not ${inWords(value)}`, 'write change(e.price)')
  const ends = [
    latest<AnyNumeric<'event'>>(value, options),
    earliest<AnyNumeric<'event'>>(value, options),
  ] as const
  return aggregateValue((window) => {
    const [last, first] = window === null ? ends : ends.map((end) => end[window.kind]({ ms: window.ms }))
    return must(nodeOf(last.minus(first)), 'a difference').expr
  })
}

/** One measure ÷ another, a double; missing when the divisor is 0 or missing. Each is kept as it is, so a ratio of joined days is right. */
export const ratioOf = (
  measure: AnyNumeric<'measure'>,
  by: AnyNumeric<'measure'>,
): Numeric<'number', 'measure', null> => {
  for (const value of [measure, by]) {
    const node = nodeOf(value)
    if (node?.scope !== 'measure' || familyOf(node.expr.type) !== 'number')
      throw mistake(
        `'ratioOf' takes two measures that are numbers, not ${node === null ? inWords(value) : describe(node.expr)}`,
        "write ratioOf(count({ where: e.type.is('purchase') }), count())",
      )
  }
  return (measure as Numeric<Num, 'measure'>).dividedBy(by)
}
