import { didYouMean } from '@tidewater/base'
import type { Value } from '@tidewater/expr'
import type { Row } from '@tidewater/plan'
import { ID_FIELD } from '@tidewater/rows'
import type { EventDefinition } from 'tidewater'
import { type FieldRule, type Json, NumberText, ruleOf } from './field-rule.ts'
import { type Reason, Rejected } from './rejection.ts'

/** How far an event may lie beyond the append time before it is rejected: it would poison every "newest" (semantics I4). */
export const FUTURE_MS = 600_000

/** What the platform itself sends was judged when the record it is made of came: brokers' clocks differ. */
export const mayBeEarly = ({ madeBy }: EventDefinition): boolean => madeBy === null

/** Judges one record given as JSON text. This is the definition of "valid"; the byte scanner is only a faster way to it. */
export const compileJudge = (
  event: EventDefinition,
): ((text: string, appendedAt: number) => Row | Rejected) => {
  const rules = event.fields.map((field) => ({ field, rule: ruleOf(field, field.name === event.dedupe) }))
  const names = event.fields.map(({ name }) => name)
  const known = new Set([...names, ID_FIELD])
  return (text, appendedAt) => {
    const object = parseObject(text)
    if (object instanceof Rejected) return object
    const reasons: Reason[] = []
    const row: Record<string, Value> = {}
    for (const { field, rule } of rules)
      row[field.name] = valueOf(object, field.name, field.optional, rule, reasons)
    for (const name of object.keys()) if (!known.has(name)) reasons.push(unknownField(event, name, names))
    const id = object.get(ID_FIELD) ?? null
    if (id !== null && (typeof id !== 'string' || id === '' || !id.isWellFormed())) {
      reasons.push({ field: ID_FIELD, message: 'an id is a text that is not empty' })
    }
    const time = row[event.time]
    const isEarly = mayBeEarly(event) && typeof time === 'number' && time > appendedAt + FUTURE_MS
    const kind = isEarly && reasons.length === 0 ? 'early' : 'invalid'
    if (isEarly) reasons.push(inTheFuture(event.time, time, appendedAt))
    return reasons.length > 0 ? new Rejected(reasons, kind) : row
  }
}

const valueOf = (
  object: ReadonlyMap<string, Json>,
  name: string,
  optional: boolean,
  rule: FieldRule,
  reasons: Reason[],
): Value => {
  const json = object.get(name) ?? null
  if (json === null) {
    if (!optional) reasons.push({ field: name, message: 'is missing', cure: `every event needs ${name}` })
    return null
  }
  const judged = rule(json)
  if ('value' in judged) return judged.value
  reasons.push({ field: name, ...judged.wrong })
  return null
}

/** TypeScript does not know yet that a reviver is told the source text of a value. */
type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source: string }) => unknown

const keepSource: Reviver = (_key, value, context) =>
  typeof value === 'number' ? new NumberText(context.source) : value

const parseObject = (text: string): ReadonlyMap<string, Json> | Rejected => {
  let parsed: unknown
  try {
    parsed = JSON.parse(text, keepSource as (key: string, value: unknown) => unknown)
  } catch (error) {
    const detail = error instanceof SyntaxError ? `: ${error.message.slice(0, 160)}` : ''
    return new Rejected(
      [{ field: null, message: `is not valid JSON${detail}`, cure: 'send one JSON object per event' }],
      'undecodable',
    )
  }
  if (
    parsed === null ||
    typeof parsed !== 'object' ||
    Array.isArray(parsed) ||
    parsed instanceof NumberText
  ) {
    return new Rejected(
      [{ field: null, message: 'is not a JSON object', cure: 'send {"field": value, …}' }],
      'undecodable',
    )
  }
  return new Map(Object.entries(parsed) as [string, Json][])
}

const unknownField = (event: EventDefinition, name: string, names: readonly string[]): Reason => {
  const beginning = name.slice(0, 60)
  return {
    field: beginning,
    message: `${event.name} has no such field${didYouMean(beginning, names)}`,
    cure: `fields: ${names.join(', ')}`,
  }
}

const inTheFuture = (field: string, time: number, appendedAt: number): Reason => ({
  field,
  message: `${new Date(time).toISOString()} is more than 10 min in the future (now ${new Date(appendedAt).toISOString()})`,
  cure: "set the sender's clock, or check the unit: ms since 1970",
})
