import type { Duration } from '@tidewater/base'
import { expression } from './expression.ts'
import { joinDefinition, rightRows } from './join-definition.ts'
import { mistake } from './mistake.ts'
import { inWords } from './operand.ts'
import { carrying } from './registry.ts'
import type { Source } from './source.ts'
import type { Selected } from './stream.ts'
import type { Loose } from './table.ts'
import type { AnyFlag, AnyInstant, AnyText, Flag, Num, Value } from './value.ts'

/** What two fields must have in common to be compared: texts with texts, and numbers of one exact kind. */
type Sort<V> =
  V extends AnyText<'event'>
    ? 'text'
    : V extends AnyInstant<'event'>
      ? 'instant'
      : V extends AnyFlag<'event'>
        ? 'flag'
        : V extends { readonly '~kind': infer K extends Num }
          ? K extends 'number'
            ? never
            : K
          : never

/** Names of fields that both sides have and that can be compared. */
export type Shared<L, R> = {
  [P in keyof L & keyof R]: [Sort<L[P]>] extends [never] ? never : Sort<L[P]> extends Sort<R[P]> ? P : never
}[keyof L & keyof R] &
  string

/** A row that may not be there: each of its fields may be missing. */
export type Perhaps<R> = { readonly [P in keyof R]: Loose<R[P]> }

/** How far from a left row's time its right rows are looked for: one of both at least. */
export interface Within {
  readonly before?: Duration
  readonly after?: Duration
}

/**
 * Defines a join: rows made of a row of each of two sources that agree in `on` and are near in time. It has a log of its own, and
 * is read like an event.
 *
 * - `left`, `right`: events, streams, or whatever a view can be from
 * - `on`: the fields that must be equal; one that is missing joins nothing
 * - `within`: the right row's time is at most `before` earlier and `after` later than the left row's
 * - `keep`: 'both' unless said: rows where both are there. 'left': a left row without a right one is a row too, once its window is closed
 * - `match`: 'each' unless said: every pair. 'first': for a left row the right one that comes first in the log
 * - `select`: the fields of a row; `matched(right)` says whether the right row is there
 * - `key`: the field that the rows are kept by; the first of `on` that is selected unless said
 * - `time`: the field that is their time; the left row's unless said
 *
 * A row that comes when its side has moved on past its time by more than its event's lateness is late: it is counted and joins nothing.
 */
export const join = <L, R, S extends Selected, const K extends 'both' | 'left' = 'both'>(
  name: string,
  definition: {
    doc?: string
    left: Source<L>
    right: Source<R>
    on: Shared<L, R> | readonly Shared<L, R>[]
    within: Within
    keep?: K
    match?: 'each' | 'first'
    select: (left: L, right: K extends 'left' ? Perhaps<R> : R) => S
    key?: keyof NoInfer<S> & string
    time?: keyof NoInfer<S> & string
  },
): Source<S> => carrying(joinDefinition(name, definition)) as Source<S>

/** Whether the right row of a join is there; never missing itself. */
export const matched = (right: Readonly<Record<string, Value<unknown, 'event'>>>): Flag<'event'> => {
  const keep = rightRows.get(right)
  if (keep === undefined)
    throw mistake(
      `'matched' takes the right row of a join, not ${inWords(right)}`,
      'write select: (shown, click) => ({ clicked: matched(click) })',
    )
  if (keep === 'both')
    throw mistake("every row of this join has both sides, so 'matched' is always true", "write keep: 'left'")
  return expression({ op: 'field', name: 'matched', type: { kind: 'boolean' }, optional: false }, 'event')
}
