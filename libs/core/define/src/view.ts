import type { Duration } from '@tidewater/base'
import { carrying } from './registry.ts'
import type { Source } from './source.ts'
import type { AnyFlag, Standing, Value } from './value.ts'
import { viewDefinition } from './view-definition.ts'
import type { Window } from './window.ts'

export type Measures = Readonly<Record<string, Standing<unknown, 'measure'>>>
export type Keys = Readonly<Record<string, Value<unknown, 'event'>>>

/** The keys of a view by how `by` was written. The brackets keep a view without `by` from having every field as key. */
export type PickKeys<R, B> = [B] extends [(e: never) => infer K]
  ? K
  : [B] extends [keyof R]
    ? Pick<R, B>
    : [B] extends [readonly (keyof R)[]]
      ? Pick<R, B[number]>
      : unknown

/** What a view answers. `K` are its keys, `R` its measures, `W` its window. */
export interface View<K, R, W extends Window | undefined = undefined> {
  readonly name: string
  readonly '~key': K
  readonly '~row': R
  readonly '~window': W
}

/** Names of keys that may be missing. */
export type Missable<K> = {
  [P in keyof K]: K[P] extends Value<infer T, 'event'> ? (null extends T ? P : never) : never
}[keyof K] &
  string

/** Turns a key that may be missing into a sentence the editor shows. */
export type KeyRule<R, B> = B extends (e: never) => infer K
  ? [Missable<K>] extends [never]
    ? unknown
    : { readonly error: `key '${Missable<K>}' may be missing: end it with .orElse(value) or .orSkip()` }
  : B extends Missable<R>
    ? { readonly error: `key '${B}' may be missing: write by: (e) => ({ ${B}: e.${B}.orSkip() })` }
    : B extends readonly (infer P)[]
      ? [P & Missable<R>] extends [never]
        ? unknown
        : {
            readonly error: `key '${P & Missable<R>}' may be missing: write by: (e) => ({ … }) and end it with .orSkip()`
          }
      : unknown

/**
 * Defines a view: what is measured about an event or a stream, by key, for ever or by window. The same definition runs as a
 * stream, as SQL over the whole history and as GraphQL.
 *
 * - `by`: the keys: a field, a list of fields, or `(e) => ({ name: value })`; none: one row. Keys are never missing
 * - `window`: one row per key and window; without it the measures run over everything, or over their own `.last(…)`
 * - `expires`: a key silent for longer has no row
 * - `top`: the default order and limit of the list; state and other queries keep every row
 * - `clock`: 'event' takes the newest event's time for now, for replayed history; 'wall' unless said
 */
export const view = <
  R,
  const B extends (keyof R & string) | readonly (keyof R & string)[] | ((e: R) => Keys),
  Ms extends Measures,
  const W extends Window | undefined = undefined,
>(
  name: string,
  definition: {
    doc?: string
    from: Source<R>
    where?: (e: R) => AnyFlag<'event'>
    by?: B & KeyRule<R, B>
    window?: W
    measure: (e: R) => Ms
    expires?: Duration
    top?: { n: number; by: keyof NoInfer<Ms> & string }
    clock?: 'wall' | 'event'
  },
): View<PickKeys<R, B>, Ms, W> => carrying(viewDefinition(name, definition)) as View<PickKeys<R, B>, Ms, W>

type Plain<R> = { -readonly [K in keyof R]: R[K] extends Standing<infer T, 'event' | 'measure'> ? T : never }

/** The plain data of one row: of an event as it is sent, of a view as it is answered. */
export type Row<V> =
  V extends View<infer K, infer R, infer W>
    ? Flat<Plain<K> & Plain<R> & (W extends Window ? { start: Date; end: Date } : unknown)>
    : V extends { readonly '~row': infer R }
      ? Plain<R>
      : never

type Flat<T> = { [K in keyof T]: T[K] }
