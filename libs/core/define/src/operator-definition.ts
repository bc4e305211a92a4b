import type { Expr } from '@tidewater/expr'
import type { FieldDefinition, StreamDefinition } from './stream-definition.ts'

/** A field of what an operator makes. */
interface MadeField {
  readonly name: string
  readonly expr: Expr
}

/**
 * Rows made of a row of each of two sources. Both sides are sent to one log, in which their order is fixed for ever, and the join
 * is a function of each partition of it (semantics J1).
 */
export interface JoinDefinition {
  readonly kind: 'join'
  readonly name: string
  readonly doc: string | null
  /** The event of its sides, which it reads. */
  readonly from: string
  /** What is sent there of either source: its `side`, the fields of `on`, its time `at`, and what `fields` needs of it. */
  readonly left: SideDefinition
  readonly right: SideDefinition
  /** Fields of the sides' log that must be equal for two rows to meet. One that is missing meets none. */
  readonly on: readonly FieldDefinition[]
  /** A right row belongs to a left one from this much before its time … */
  readonly beforeMs: number
  /** … to this much after it. */
  readonly afterMs: number
  /** left: a left row without a right one is a row too, once its window is closed. */
  readonly keep: 'both' | 'left'
  /** first: a left row meets one right row at most, the first in the log. */
  readonly match: 'each' | 'first'
  /** Over the fields `left.x` and `right.x` of the sources, and `matched`. */
  readonly fields: readonly MadeField[]
  /** Which of `fields` is the key of its own log, and which its time. */
  readonly key: string
  readonly time: string
}

/** A stream that is sent to the log of a join's sides. */
export type SideDefinition = StreamDefinition & { readonly key: string }

/** A run of rows that a pattern waits for, or rows that must not come. */
export type PatternPart =
  | {
      readonly kind: 'step'
      readonly name: string
      readonly where: Expr
      readonly times: number
      /** `times` counts different values of it; null: rows. */
      readonly distinct: Expr | null
    }
  | { readonly kind: 'none'; readonly where: Expr }

/** Rows made of a sequence of rows of one key (semantics J6). It reads the log of an event whose key is what it goes by. */
export interface PatternDefinition {
  readonly kind: 'pattern'
  readonly name: string
  readonly doc: string | null
  readonly from: string
  /** The stream it was written over; null: the event itself. */
  readonly through: StreamDefinition | null
  readonly where: Expr | null
  /** The event's field that is its time. */
  readonly time: string
  /** The event's field that must be its key. */
  readonly by: FieldDefinition
  readonly parts: readonly PatternPart[]
  /** From the time of the first row of a match. */
  readonly withinMs: number
  /** What is kept of a row for `fields`, over the event's fields. */
  readonly kept: readonly MadeField[]
  /** Over `by`, `at`, and for each step `name.first.x`, `name.last.x` and `name.count`. */
  readonly fields: readonly MadeField[]
  /** Which of `fields` is the key of its own log, and which its time. */
  readonly key: string
  readonly timeField: 'at'
}
