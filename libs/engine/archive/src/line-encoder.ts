import { formatExact, type Exact } from '@tidewater/base'
import type { Value } from '@tidewater/expr'
import type { Row } from '@tidewater/plan'
import { snakeCase, type EventDefinition, type FieldDefinition } from 'tidewater'

/** Writes one row as a line of canonical JSON: exact numbers as text, instants as ms, missing as null. */
export type LineEncoder = (
  row: Row,
  place: {
    readonly id: string
    readonly partition: number
    readonly offset: number
    readonly appendedAt: number
  },
) => string

export const lineEncoder = (event: EventDefinition): LineEncoder => {
  const cells = event.fields.map((field) => ({
    name: field.name,
    prefix: `${JSON.stringify(snakeCase(field.name))}:`,
    encode: cellEncoder(field),
  }))
  return (row, { id, partition, offset, appendedAt }) => {
    let line = '{'
    for (const { name, prefix, encode } of cells) {
      const value = row[name]
      line += value === null || value === undefined ? `${prefix}null,` : `${prefix}${encode(value)},`
    }
    return `${line}"_id":${textOf(id)},"_partition":${partition},"_offset":${offset},"_appended_at":${appendedAt}}\n`
  }
}

const cellEncoder = (field: FieldDefinition): ((value: Value) => string) => {
  const { type } = field
  if (type.kind === 'decimal') return (value) => `"${formatExact(value as Exact, type.scale)}"`
  if (type.kind === 'int') return (value) => `"${String(value)}"`
  return type.kind === 'id' || type.kind === 'text' || type.kind === 'oneOf'
    ? (value) => textOf(value as string)
    : String
}

/** A lone surrogate has no UTF-8 form; one replacement character keeps the file readable. */
const textOf = (text: string): string => JSON.stringify(text.toWellFormed())
