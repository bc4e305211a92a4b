import type { Duration } from '@tidewater/base'
import type { Present } from './field.ts'
import { patternDefinition } from './pattern-definition.ts'
import { noneOf, stepOf } from './pattern-parts.ts'
import { carrying } from './registry.ts'
import type { Source } from './source.ts'
import type { Selected } from './stream.ts'
import type { AnyFlag, Instant, Numeric, Value } from './value.ts'

/** Rows that a pattern waits for, in their place among the others. `N` is its name in `select`. */
export interface Step<N extends string> {
  readonly '~step': N
  /** So many rows instead of one; 1,000 at most. */
  times(count: number): Step<N>
  /** Counts different known values of it instead of rows: 20 ports, not 20 connections. */
  distinct(value: Value<unknown, 'event'>): Step<N>
}

/** Rows that must not come. Before another step: until that one; at the end: until the time is over. */
export interface None {
  readonly '~none': true
}

/** Rows of one step of a match: the fields are those of its last one. */
export type StepRows<R> = R & {
  /** How many rows the step has: `times`, or more where values are counted. */
  count(): Numeric<'int', 'event'>
  readonly first: R
  readonly last: R
}

/** What the `select` of a pattern is handed: the rows of each step, by its name. */
export type Steps<R, M extends readonly (Step<string> | None)[]> = {
  readonly [N in M[number] extends infer P ? (P extends Step<infer N> ? N : never) : never]: StepRows<R>
}

/** Rows that a pattern waits for: `step('added', e.type.is('add_to_cart'))`. */
export const step = <const N extends string>(name: N, where: AnyFlag<'event'>): Step<N> =>
  stepOf(name, where) as Step<N>

/** Rows that must not come: `none(e.type.is('purchase'))`. */
export const none = (where: AnyFlag<'event'>): None => noneOf(where) as None

/**
 * Defines a pattern: a row for each time that rows of one key come in a sequence. It has a log of its own, and is read like an event.
 *
 * - `on`: an event, or whatever a view can be from
 * - `by`: the field whose rows make a sequence: the key of that log
 * - `match`: the steps, in order; rows between them that are none of them are passed over
 * - `within`: from the time of the first row to that of the last; with `none` at the end, so long nothing of it comes
 * - `select`: the fields of a row, beside `by` and `at`: the time of the last row, or the end of `within` after `none`
 *
 * The order is that of the log. A row that is older than the first of a match, or younger than `within` allows, is passed over. After
 * a match the key begins anew: no row is part of two.
 */
export const pattern = <
  R,
  const B extends Present<R> & keyof R,
  M extends readonly (Step<string> | None)[],
  S extends Selected,
>(
  name: string,
  definition: {
    doc?: string
    on: Source<R>
    by: B
    match: (e: R) => M
    within: Duration
    select: (steps: Steps<R, M>) => S
  },
): Source<Pick<R, B> & { readonly at: Instant<'event'> } & S> =>
  carrying(patternDefinition(name, definition)) as Source<Pick<R, B> & { readonly at: Instant<'event'> } & S>
