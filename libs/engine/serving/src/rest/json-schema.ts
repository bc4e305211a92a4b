import type { Type } from '@tidewater/expr'

/** JSON Schema 2020-12, as OpenAPI 3.1 takes it. */
export type JsonSchema = Readonly<Record<string, unknown>>

const DECIMAL = '^-?\\d+(\\.\\d+)?$'

/** How a value of this type is answered. */
export const answeredSchema = (type: Type): JsonSchema => {
  switch (type.kind) {
    case 'id':
    case 'text':
      return { type: 'string' }
    case 'int':
      return { type: 'integer', format: 'int64' }
    case 'decimal':
      return { type: 'string', pattern: DECIMAL, description: `exact, ${type.scale} digits behind the point` }
    case 'number':
      return { type: 'number' }
    case 'boolean':
      return { type: 'boolean' }
    case 'instant':
      return { type: 'string', format: 'date-time' }
    case 'oneOf':
      return { type: 'string', enum: [...type.values] }
    case 'list':
      return {
        type: 'array',
        items: type.of.kind === 'entry' ? entrySchema(type.of) : answeredSchema(type.of),
      }
  }
}

const entrySchema = ({ value }: { readonly value: Type }): JsonSchema => ({
  type: 'object',
  required: ['key', 'value'],
  properties: { key: { type: 'string' }, value: answeredSchema(value) },
})

/** How it may be sent: numbers also as texts, instants also as ms since epoch. */
export const sentSchema = (type: Type): JsonSchema => {
  if (type.kind === 'decimal' || type.kind === 'int') return { type: ['string', 'number'] }
  if (type.kind === 'instant')
    return { type: ['string', 'integer'], description: 'ISO 8601 or ms since epoch' }
  return answeredSchema(type)
}

/** The same, or null. */
export const orNull = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: 'null' }] })
