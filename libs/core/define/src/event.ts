import { didYouMean } from '@tidewater/base'
import type { Duration } from '@tidewater/base'
import type { EventDefinition, FieldDefinition } from './definition.ts'
import { fieldShape } from './field.ts'
import type { Cells, Fields, Instants, Present } from './field.ts'
import { at, mistake } from './mistake.ts'
import { snakeCase } from './names.ts'
import { atMostDays, definitionName, docOf, durationOf, fieldName, optionsOf } from './options.ts'
import { carrying } from './registry.ts'
import type { Source } from './source.ts'

const WORDS = ['doc', 'fields', 'key', 'time', 'lateness', 'horizon', 'dedupe']
const LATENESS = 600_000
const HORIZON = 86_400_000

/**
 * Defines an event.
 *
 * - `key`: events of one key keep their order; never missing
 * - `time`: when it happened
 * - `lateness`: how long a window waits for stragglers before it counts as closed; 10 minutes unless said
 * - `dedupe`: the field that tells two copies of one event; without it the envelope carries an id of its own
 * - `horizon`: within this span of arrival, copies count once; 24 hours unless said
 */
export const event = <const F extends Fields>(
  name: string,
  definition: {
    doc?: string
    fields: F
    key: Present<Cells<F>>
    time: Instants<Cells<F>>
    lateness?: Duration
    horizon?: Duration
    dedupe?: Present<Cells<F>>
  },
): Source<Cells<F>> => carrying(eventDefinition(name, definition)) as Source<Cells<F>>

const eventDefinition = (name: string, literal: unknown): EventDefinition => {
  definitionName('event', name)
  const options = at(name, () => optionsOf('event', literal, WORDS))
  const fields = fieldsOf(name, options['fields'])
  const key = at(`${name}.key`, () => textLike(present(fields, options['key'])))
  const time = at(`${name}.time`, () => present(fields, options['time']))
  if (time.type.kind !== 'instant')
    throw mistake(
      `${name}.time: '${time.name}' is ${time.type.kind}, the time must be an instant`,
      '',
      `${name}.time`,
    )
  const dedupe =
    options['dedupe'] === undefined
      ? null
      : at(`${name}.dedupe`, () => textLike(present(fields, options['dedupe'])))
  return {
    kind: 'event',
    name,
    doc: at(`${name}.doc`, () => docOf(options)),
    fields,
    key: key.name,
    time: time.name,
    latenessMs: at(`${name}.lateness`, () =>
      atMostDays(durationOf(name, options, 'lateness') ?? LATENESS, 30),
    ),
    horizonMs: at(`${name}.horizon`, () => atMostDays(durationOf(name, options, 'horizon') ?? HORIZON, 30)),
    dedupe: dedupe?.name ?? null,
  }
}

/** The fields of an event or a table, in the order they were written. */
export const fieldsOf = (name: string, value: unknown): readonly FieldDefinition[] => {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) {
    throw mistake(
      `${name}.fields: there must be at least one field`,
      'write fields: { userId: id(), at: instant() }',
      `${name}.fields`,
    )
  }
  const columns = new Map<string, string>()
  return Object.entries(value).map(([field, shape]) =>
    at(`${name}.fields.${field}`, () => {
      fieldName(field)
      const found = fieldShape(shape)
      if (found === null)
        throw mistake(
          'a field is id(), text(), oneOf(…), int(), decimal(…), number(), boolean() or instant()',
        )
      const other = columns.get(snakeCase(field))
      if (other !== undefined)
        throw mistake(`'${field}' and '${other}' are one name in SQL, '${snakeCase(field)}'`)
      columns.set(snakeCase(field), field)
      return { name: field, type: found.type, optional: found.optional }
    }),
  )
}

/** The named field, which must exist and never be missing. */
export const present = (fields: readonly FieldDefinition[], name: unknown): FieldDefinition => {
  const names = fields.map((f) => f.name)
  const found = fields.find((f) => f.name === name)
  if (found === undefined)
    throw mistake(
      `there is no field '${String(name)}'${didYouMean(String(name), names)}: the fields are ${names.join(', ')}`,
    )
  if (found.optional) throw mistake(`'${found.name}' may be missing`, 'name a field without .optional()')
  return found
}

/** Keys and ids are compared as text in the log. */
export const textLike = (field: FieldDefinition): FieldDefinition => {
  if (field.type.kind === 'number' || field.type.kind === 'boolean' || field.type.kind === 'instant') {
    throw mistake(
      `'${field.name}' is ${field.type.kind} and cannot tell things apart`,
      'use id(), text(), oneOf(…), int() or decimal(…)',
    )
  }
  return field
}
