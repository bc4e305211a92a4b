import type { Expr, ScalarType } from '@tidewater/expr'

export interface FieldDefinition {
  readonly name: string
  readonly type: ScalarType
  readonly optional: boolean
}

/**
 * Rows made of an event's records, one of each at most. Everything in it is over the fields of the event, whatever streams lie
 * between: a view over a stream is a view over the event, so no engine knows of streams. With a key of its own a stream is sent:
 * its rows are records of an event that bears its name, and what reads it reads that event.
 */
export interface StreamDefinition {
  readonly kind: 'stream'
  readonly name: string
  readonly doc: string | null
  /** The event whose log the rows stand in; their key, time and place are the record's. */
  readonly from: string
  /** The stream it was written over; null: the event itself. */
  readonly through: StreamDefinition | null
  /** Which records are rows; null: all. Holds what the streams below it ask for too. */
  readonly where: Expr | null
  readonly fields: readonly { readonly name: string; readonly expr: Expr }[]
  /** The event's field that is its time. */
  readonly time: string
  /** The field by which its rows have a log of their own; null: they stand in the event's. */
  readonly key: string | null
}
