import { hash128Hex, must } from '@tidewater/base'
import { everyPart } from '@tidewater/expr'
import type { Expr } from '@tidewater/expr'
import type { Catalog, StreamDefinition, ViewDefinition } from './definition.ts'
import type { JoinDefinition, PatternDefinition } from './operator-definition.ts'

/** Raised when the same definition comes to mean something else: all state is then rebuilt. */
const MEANING = 1

/**
 * What a view's state means, as 32 hex digits: equal for equal meaning, in every process.
 *
 * It covers the view's expressions, window and expiry, the event's key, time, identity and used fields, and the bytes
 * of tables that state depends on. It leaves out `doc`, `top`, fields that are not used, and tables that only give
 * keys a name: those are bound when an answer is read.
 */
export const fingerprintOf = (view: ViewDefinition, catalog: Catalog): string => {
  const event = must(catalog.events.get(view.from), `event ${view.from}`)
  const state = [...view.measures.map((m) => m.expr), ...(view.where === null ? [] : [view.where])]
  const parts = [...view.keys.map((k) => k.expr), ...state].flatMap(everyPart)
  const used = new Set([
    event.key,
    event.time,
    ...parts.flatMap((part) => (part.op === 'field' ? [part.name] : [])),
  ])
  return hash128Hex(
    canonical({
      meaning: MEANING,
      event: {
        name: event.name,
        key: event.key,
        time: event.time,
        dedupe: event.dedupe,
        horizonMs: event.horizonMs,
      },
      fields: event.fields.filter((f) => used.has(f.name)).sort((a, b) => (a.name < b.name ? -1 : 1)),
      where: view.where,
      keys: view.keys,
      window: view.window,
      measures: [...view.measures].sort((a, b) => (a.name < b.name ? -1 : 1)),
      expiresMs: view.expiresMs,
      clock: view.clock,
      tables: tablesOf(state).map((table) => [table, catalog.contents.get(table)?.hash ?? null]),
    }),
  )
}

/**
 * What the stored state of a join or a pattern means: its rows, its bounds, the lateness of what it reads, and `form`, that of the
 * bytes. It leaves out `doc` and the tables that are looked up, for results that were sent stay as they were sent.
 */
export const operatorFingerprint = (
  made: JoinDefinition | PatternDefinition,
  catalog: Catalog,
  form: number,
): string => {
  const meaning = made.kind === 'join' ? joinMeaning(made) : { ...made, doc: null, through: null }
  const reads = made.kind === 'join' ? [made.left.from, made.right.from] : [made.from]
  const latenessMs = reads.map((name) => must(catalog.events.get(name), `event ${name}`).latenessMs)
  return hash128Hex(canonical({ form, meaning, latenessMs }))
}

const joinMeaning = (made: JoinDefinition): object => {
  const side = ({ from, where, fields, time }: StreamDefinition): object => ({ from, where, fields, time })
  return { ...made, doc: null, left: side(made.left), right: side(made.right) }
}

const tablesOf = (exprs: readonly Expr[]): readonly string[] =>
  [...new Set(exprs.flatMap(everyPart).flatMap((part) => (part.op === 'lookup' ? [part.table] : [])))].sort()

/** JSON with sorted keys: equal data, equal text. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`).join(',')}}`
}
