import { duckdb, INT_DIGITS } from '@tidewater/expr'
import type { SqlEngine } from '@tidewater/ports'
import { snakeCase, type EventDefinition } from 'tidewater'
import { openDuckdb } from './open-duckdb.ts'

/** Columns every raw row carries besides its event's fields. */
const ENVELOPE = [
  { name: '_id', type: 'VARCHAR' },
  { name: '_partition', type: 'INTEGER' },
  { name: '_offset', type: 'BIGINT' },
  { name: '_appended_at', type: 'TIMESTAMP' },
] as const

export interface RawColumn {
  readonly name: string
  /** DuckDB's name of it, without spaces: 'DECIMAL(12,2)'. */
  readonly type: string
}

/** Columns of an event's Parquet files as its definition is now, in order. */
export const rawColumns = (event: EventDefinition): readonly RawColumn[] => [
  ...event.fields.map((field) => ({
    name: snakeCase(field.name),
    type: duckdb.columnType(field.type).replaceAll(' ', ''),
  })),
  ...ENVELOPE,
]

/** Files that were written under definitions with the same columns. */
export interface RawFiles {
  /** Type by name. */
  readonly columns: ReadonlyMap<string, string>
  readonly files: readonly string[]
}

/** Raw files by the columns they really have. Rejects when one is not there. */
export const rawFilesOf = async (
  engine: Pick<SqlEngine, 'query'>,
  files: readonly string[],
): Promise<readonly RawFiles[]> => {
  if (files.length === 0) return []
  const found = await engine.query<{ file: string; columns: string }>(
    `SELECT file_name AS file, CAST(to_json(map(list(name ORDER BY name), list(duckdb_type ORDER BY name))) AS VARCHAR) AS columns
    FROM parquet_schema([${files.map(duckdb.text).join(', ')}])
    WHERE duckdb_type IS NOT NULL GROUP BY file_name`,
  )
  const columnsOf = new Map(found.map(({ file, columns }) => [file, columns]))
  const groups = Map.groupBy(files, (file) => columnsOf.get(file) ?? '{}')
  return [...groups].map(([columns, own]) => ({
    columns: new Map(Object.entries(JSON.parse(columns) as Record<string, string>)),
    files: own,
  }))
}

/** What the lake's files hold, by event name. */
export const rawFilesByEvent = async (
  files: ReadonlyMap<string, readonly string[]>,
): Promise<ReadonlyMap<string, readonly RawFiles[]>> => {
  const engine = await openDuckdb({ path: ':memory:', connections: 1, threads: 1 })
  try {
    const found = new Map<string, readonly RawFiles[]>()
    for (const [event, own] of files) found.set(event, await rawFilesOf(engine, own))
    return found
  } finally {
    await engine.close()
  }
}

/**
 * All rows of raw files with the columns the definition has today. The archive keeps every value as it was written; here
 * and nowhere else it is read as the present definition has it (semantics A3): a field a file lacks is NULL, and so is a value that the
 * present type cannot hold without loss ('abc' as an int, 2.555 with two decimals). A row whose time is lost has no place.
 */
export const rawRows = (event: EventDefinition, groups: readonly RawFiles[]): string => {
  const columns = rawColumns(event)
  if (groups.length === 0) {
    const empty = columns.map(({ name, type }) => `NULL::${type} AS ${duckdb.identifier(name)}`)
    return `SELECT ${empty.join(', ')} WHERE false`
  }
  const time = snakeCase(event.time)
  return groups
    .map(({ columns: written, files }) => {
      const cells = columns.map((column) => `${cellOf(column, written)} AS ${duckdb.identifier(column.name)}`)
      const rows = `SELECT ${cells.join(', ')} FROM ${readFiles(files)}`
      if (written.get(time) === 'TIMESTAMP') return rows
      return `SELECT * FROM (${rows}) WHERE ${duckdb.identifier(time)} IS NOT NULL`
    })
    .join('\nUNION ALL ')
}

/** `event, field, written, declared, "rows"`: how many archived values of each field the present definition cannot hold. */
export const lostValues = (event: EventDefinition, groups: readonly RawFiles[]): readonly string[] =>
  rawColumns(event).flatMap(({ name, type }) =>
    groups.flatMap(({ columns, files }) => {
      const written = columns.get(name)
      if (written === undefined || written === type) return []
      const [column, cell] = [duckdb.identifier(name), cellOf({ name, type }, columns)]
      return [
        `SELECT ${duckdb.text(event.name)}, ${duckdb.text(name)}, ${duckdb.text(written)}, ${duckdb.text(type)}, count(*)
        FROM ${readFiles(files)} WHERE ${column} IS NOT NULL AND ${cell} IS NULL`,
      ]
    }),
  )

const readFiles = (files: readonly string[]): string => `read_parquet([${files.map(duckdb.text).join(', ')}])`

const cellOf = ({ name, type }: RawColumn, written: ReadonlyMap<string, string>): string => {
  const from = written.get(name)
  if (from === undefined) return `NULL::${type}`
  const column = duckdb.identifier(name)
  return from === type ? column : withoutLoss(column, from, type)
}

const isNumeric = (type: string): boolean =>
  type === 'BIGINT' || type === 'DOUBLE' || type.startsWith('DECIMAL')

/** The value as `to` when it comes back as it was, else NULL: a number by its amount, everything else by its text. */
const withoutLoss = (column: string, from: string, to: string): string => {
  const inRange = to === 'BIGINT' ? ` AND abs(v) < 1e${INT_DIGITS}` : ''
  const [cast, back] =
    isNumeric(from) && isNumeric(to)
      ? [`TRY_CAST(${column} AS ${to})`, `TRY_CAST(v AS ${from}) = ${column}`]
      : [`TRY_CAST(${textOf(column, from)} AS ${to})`, `${textOf('v', to)} = ${textOf(column, from)}`]
  return `list_transform([${cast}], lambda v: CASE WHEN ${back}${inRange} THEN v END)[1]`
}

/** A decimal's text does not end in zeros: 2.50 is 2.5. */
const textOf = (value: string, type: string): string => {
  const text = `CAST(${value} AS VARCHAR)`
  return type.startsWith('DECIMAL') && !type.endsWith(',0)') ? `rtrim(rtrim(${text}, '0'), '.')` : text
}
