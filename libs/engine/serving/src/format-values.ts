import { PlatformError, formatExact } from '@tidewater/base'
import { scaleOf } from '@tidewater/expr'
import type { Entry, EntryType, Type, Value } from '@tidewater/expr'
import type { Column } from './view-access.ts'

/** How a value leaves: Decimal as text, Long and Float as number, Instant as ISO text in UTC, an entry as its key and value. */
export type Formatted =
  | string
  | number
  | boolean
  | null
  | readonly Formatted[]
  | { readonly key: Formatted; readonly value: Formatted }

const exactOf = (value: Value): number | bigint => (typeof value === 'bigint' ? value : Number(value))

const formatInt = (value: Value): Formatted => {
  if (typeof value === 'number') return value
  throw new PlatformError(
    'LIMIT',
    `${String(value)} does not fit into a JSON number`,
    'read it through SQL, which has 38 digits',
  )
}

export const formatInstant = (ms: number): string => new Date(ms).toISOString()

/** Null stays null. */
const formatterOf = (type: Type): ((value: Value) => Formatted) | null => {
  switch (type.kind) {
    case 'decimal':
      return (value) => formatExact(exactOf(value), scaleOf(type))
    case 'int':
      return formatInt
    case 'instant':
      return (value) => formatInstant(Number(value))
    case 'number':
    case 'boolean':
    case 'id':
    case 'text':
    case 'oneOf':
      return null
    case 'list': {
      if (type.of.kind === 'entry') return entriesFormatter(type.of)
      const item = formatterOf(type.of) ?? ((value) => value as Formatted)
      return (items) => (items as readonly Value[]).map(item)
    }
  }
}

const entriesFormatter = (type: EntryType): ((entries: Value) => Formatted) => {
  const format = formatterOf(type.value) ?? ((value) => value as Formatted)
  return (entries) => (entries as readonly Entry[]).map(([key, value]) => ({ key, value: format(value) }))
}

/** Formats the named values of a row, in the columns' order. */
export const rowFormatter = (columns: readonly Column[]) => {
  const plan = columns.map(({ name, type }) => ({ name, format: formatterOf(type) }))
  return (values: Readonly<Record<string, Value>>, into: Record<string, unknown>): void => {
    for (const { name, format } of plan) {
      const value = values[name] ?? null
      into[name] = value === null || format === null ? value : format(value)
    }
  }
}
