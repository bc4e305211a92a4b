import { didYouMean } from '@tidewater/base'
import type { FieldDefinition } from './definition.ts'
import { fieldShape } from './field.ts'
import { at, mistake } from './mistake.ts'
import { snakeCase } from './names.ts'
import { fieldName } from './options.ts'

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
