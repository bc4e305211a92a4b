import type { Expr } from '@tidewater/expr'
import type { EventDefinition, StreamDefinition } from './definition.ts'
import { expression } from './expression.ts'
import { mistake } from './mistake.ts'
import { familyOf, nodeOf } from './node.ts'
import { inWords } from './operand.ts'
import { definitionOf } from './registry.ts'
import { rowOf } from './row.ts'
import { madeFields, sentBy } from './sent-stream.ts'

/** Whatever a view can be `from`: an event, a stream, a join or a pattern. `R` is its row of values. */
export interface Source<R> {
  readonly name: string
  readonly '~row': R
}

/** The row a callback of a source is handed. */
export type RowOf<S> = S extends Source<infer R> ? R : never

/** A source as plain data: rows over the log of one event. */
export interface SourceRows {
  /** As the author named them, in sentences. */
  readonly name: string
  readonly event: string
  readonly through: StreamDefinition | null
  /** The event's field that is its time. */
  readonly time: string
  /** Which records of the event are rows; null: all. */
  readonly where: Expr | null
  readonly fields: StreamDefinition['fields']
  /** The row that callbacks are handed. Its values are expressions over the event's fields already: nothing is rewritten later. */
  readonly row: object
}

export type Callback = (...rows: readonly object[]) => unknown

export const isCallback = (value: unknown): value is Callback => typeof value === 'function'

/** The rows behind what an author wrote after `from:`. `reader` is 'a view' or 'a stream', for the sentence. */
export const sourceOf = (value: unknown, reader: string): SourceRows => {
  const found = definitionOf(value)
  if (found === null)
    throw mistake(`${reader} reads an event or a stream, not ${inWords(value)}`, 'write from: ShopEvent')
  if (found.kind === 'event') return logged(found.name, found.fields, found.time)
  if (found.kind === 'stream')
    return found.key === null ? through(found) : logged(found.name, ...sentBy(found))
  if (found.kind === 'join') return logged(found.name, madeFields(found), found.time)
  if (found.kind === 'pattern') return logged(found.name, madeFields(found), found.timeField)
  throw mistake(`${reader} reads an event or a stream, and ${found.name} is a ${found.kind}`)
}

/** Rows that are the records of a log as they are. */
const logged = (name: string, fields: EventDefinition['fields'], time: string): SourceRows => {
  const own = fields.map(({ name, type, optional }) => ({
    name,
    expr: { op: 'field', name, type, optional } as const,
  }))
  return { name, event: name, through: null, time, where: null, fields: own, row: rowFor(name, own) }
}

/** Rows that a stream makes of the records of another's log. */
const through = (stream: StreamDefinition): SourceRows => ({
  ...{ name: stream.name, event: stream.from, through: stream, time: stream.time },
  ...{ where: stream.where, fields: stream.fields, row: rowFor(stream.name, stream.fields) },
})

const rowFor = (name: string, fields: SourceRows['fields']): object =>
  rowOf(name, fields, ({ expr }) => valueOf(expr))

/** The value of a field, as callbacks meet it. */
export const valueOf = (expr: Expr): unknown => expression(expr, 'event')

/** Which records of the event are taken: those that are rows of the source, and of these those the author chooses. */
export const whereOf = (value: unknown, source: SourceRows): Expr | null => {
  if (value === undefined) return source.where
  const chosen = chosenBy(value, source.row)
  return allOf(source.where === null ? [chosen] : [source.where, chosen])
}

/** All of the conditions as one; null when there is none. */
export const allOf = (conditions: readonly Expr[]): Expr | null => {
  const [first, ...others] = conditions
  if (first === undefined) return null
  return others.reduce<Expr>(
    (all, other) => ({
      op: 'and',
      type: { kind: 'boolean' },
      optional: all.optional || other.optional,
      args: [all, other],
    }),
    first,
  )
}

const chosenBy = (value: unknown, row: object): Expr => {
  if (!isCallback(value))
    throw mistake(
      `'where' is a function of the event, not ${inWords(value)}`,
      "write where: (e) => e.type.is('purchase')",
    )
  return conditionOf(value(row))
}

/** The condition that an author wrote. */
export const conditionOf = (answer: unknown): Expr => {
  const node = nodeOf(answer)
  if (node === null || familyOf(node.expr.type) !== 'condition')
    throw mistake(
      `must be a condition, not ${inWords(answer)}`,
      "write e.amount.above(10) or e.type.is('click')",
    )
  if (node.scope === 'measure')
    throw mistake('chooses events, so it cannot use a measure', 'use .onlyIf(condition) in measure')
  return node.expr
}

/** What a callback returned, as names with values. */
export const entriesOf = (value: unknown, what: string): readonly [string, unknown][] => {
  if (typeof value !== 'object' || value === null || nodeOf(value) !== null || Array.isArray(value)) {
    throw mistake(
      `'${what}' must return names with values, not ${inWords(value)}`,
      `write (e) => ({ name: value })`,
    )
  }
  return Object.entries(value)
}
