import { clickhouse as dialect, INT_DIGITS, type Type } from '@tidewater/expr'
import { rawTableOf, snakeCase, SQL_DATABASE, type EventDefinition } from 'tidewater'

export interface RawColumn {
  readonly name: string
  readonly type: string
  readonly comment: string
}

export const ENVELOPE: readonly RawColumn[] = [
  { name: '_id', type: 'String', comment: 'Envelope id: equal ids within the horizon are one event.' },
  { name: '_partition', type: 'Int32', comment: 'Partition of the log.' },
  { name: '_offset', type: 'Int64', comment: 'Offset in the partition.' },
  {
    name: '_appended_at',
    type: "DateTime64(3, 'UTC')",
    comment: 'When the log took it (never falls within a partition). UTC.',
  },
]

export const columnsOf = (event: EventDefinition): readonly RawColumn[] => [
  ...event.fields.map((field) => {
    const type = dialect.columnType(field.type)
    const comment = field.type.kind === 'instant' ? 'UTC' : ''
    return { name: snakeCase(field.name), type: field.optional ? nullable(type) : type, comment }
  }),
  ...ENVELOPE,
]

export const nullable = (type: string): string => {
  if (isNullable(type)) return type
  const low = /^LowCardinality\((.*)\)$/.exec(type)
  return low === null ? `Nullable(${type})` : `LowCardinality(Nullable(${low[1]}))`
}

export const isNullable = (type: string): boolean => /^(LowCardinality\()?Nullable\(/.test(type)

export const describeColumn = ({ name, type, comment }: RawColumn): string =>
  `${dialect.identifier(name)} ${type}${comment === '' ? '' : ` COMMENT ${dialect.text(comment)}`}`

export const tableOf = (event: EventDefinition): string =>
  `${SQL_DATABASE}.${dialect.identifier(rawTableOf(event.name))}`

/**
 * An archived value, given as its text, as the present type when it comes back as it was; else NULL (semantics A3). DuckDB
 * reads the lake by the same rule.
 */
export const cellOf = (type: Type, text: string): string => {
  const column = dialect.columnType(type)
  if (column.endsWith('String)') || column === 'String') return text
  const value = `accurateCastOrNull(${text}, ${dialect.text(column)})`
  if (type.kind === 'instant') {
    const isWhole = `length(${text}) = 23 OR (length(${text}) = 26 AND endsWith(${text}, '000'))`
    return `if(${isWhole}, ${value}, NULL)`
  }
  const inRange = type.kind === 'int' ? ` AND abs(${value}) < 1e${INT_DIGITS}` : ''
  return `if(toString(${value}) = ${text}${inRange}, ${value}, NULL)`
}
