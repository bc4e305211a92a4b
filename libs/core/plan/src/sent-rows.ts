import { formatExact, must } from '@tidewater/base'
import { compileRowExpr, isExact, scaleOf } from '@tidewater/expr'
import type { Expr, TableRows, Value } from '@tidewater/expr'
import { ORIGINS, isSides } from 'tidewater'
import type { Catalog, EventDefinition, FieldDefinition, Sending } from 'tidewater'
import { encodeKey } from './key.ts'
import type { Row } from './machine-types.ts'

/** What a stream makes of a row: its key and its JSON. */
export interface SentRow {
  readonly key: string
  readonly json: string
}

/** `keyless`: a row without its key has no partition. */
export type MadeRow = SentRow | 'filtered' | 'keyless'

/**
 * What is sent of a row, as JavaScript. `partitions`: how many the row's own log has, which rows of a join's sides say.
 */
export const compileSentRows = (
  { stream, log }: Sending,
  catalog: Catalog,
): ((row: Row, partitions: number) => MadeRow) => {
  const tables = tableRowsOf(catalog)
  const isTaken = stream.where === null ? () => true : compileRowExpr(stream.where, tables)
  const write = compileJson(log, stream.fields, tables)
  if (!isSides(log)) return (row) => (isTaken(row) === true ? write(row) : 'filtered')
  const isAtHome = keepsHomes({ stream, log }, catalog)
  return (row, partitions) => {
    if (isTaken(row) !== true) return 'filtered'
    return write(row, partitions > 0 ? `,"${ORIGINS.name}":${isAtHome ? 1 : partitions}` : '')
  }
}

/** Whether a row is sent to the partition of its own number, so that each of the log has one origin: the key is the same. */
const keepsHomes = ({ stream, log }: Sending, catalog: Catalog): boolean => {
  const key = stream.fields.find(({ name }) => name === log.key)?.expr
  return key?.op === 'field' && key.name === catalog.events.get(stream.from)?.key
}

/** Rows of tables by name. A table without content (a check of definitions alone) has no row for any key. */
export const tableRowsOf = ({ tables, contents }: Catalog): TableRows =>
  new Map([...tables.keys()].map((name) => [name, contents.get(name)?.rows ?? new Map<string, never>()]))

/** Some fields of a log's records, made of a row: the key and the JSON, `more` behind the fields. */
export const compileJson = (
  log: EventDefinition,
  made: readonly { readonly name: string; readonly expr: Expr }[],
  tables: TableRows,
): ((row: Row, more?: string) => SentRow | 'keyless') => {
  const fields = made.map(({ name, expr }) => ({
    field: must(
      log.fields.find((field) => field.name === name),
      name,
    ),
    read: compileRowExpr(expr, tables),
  }))
  const keyPart = [{ type: keyTypeOf(log), optional: false }]
  return (row, more = '') => {
    const cells: string[] = []
    let key: Value = null
    for (const { field, read } of fields) {
      const value = read(row)
      if (field.name === log.key) key = value
      if (value !== null) cells.push(`${JSON.stringify(field.name)}:${jsonOf(field, value)}`)
    }
    return key === null ? 'keyless' : { key: encodeKey([key], keyPart), json: `{${cells.join(',')}${more}}` }
  }
}

const keyTypeOf = ({ fields, key }: EventDefinition): FieldDefinition['type'] =>
  must(
    fields.find(({ name }) => name === key),
    key,
  ).type

/** As the event's own decoder takes it back, to the last digit. */
const jsonOf = ({ type }: FieldDefinition, value: NonNullable<Value>): string => {
  if (!isExact(type)) return JSON.stringify(value)
  const text = formatExact(value as number | bigint, scaleOf(type))
  return type.kind === 'int' ? text : `"${text}"`
}
