import { must } from '@tidewater/base'
import type { Duration } from '@tidewater/base'
import { count, earliest, latest } from './aggregate.ts'
import type { Aggregate, Measure, Where } from './aggregate.ts'
import { aggregateValue, durationMs } from './expression.ts'
import { mistake } from './mistake.ts'
import { familyOf, nodeOf } from './node.ts'
import type { Window } from './node.ts'
import { inWords } from './operand.ts'
import type { AnyNumeric } from './value.ts'

// Words for two aggregates side by side: nothing is kept for them but what `count`, `latest` and `earliest` keep.

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
