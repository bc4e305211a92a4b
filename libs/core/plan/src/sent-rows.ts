import { formatExact } from '@tidewater/base'
import { compileRowExpr, isExact, scaleOf } from '@tidewater/expr'
import type { TableRows, Value } from '@tidewater/expr'
import { logOf } from 'tidewater'
import type { Catalog, EventDefinition, FieldDefinition, SentStream } from 'tidewater'
import { must } from '@tidewater/base'
import { encodeKey } from './key.ts'
import type { Row } from './machine-types.ts'

/** What a stream makes of a row: its key and its JSON. */
export interface SentRow {
  readonly key: string
  readonly json: string
}

/** `keyless`: a row without its key has no partition. */
export type MadeRow = SentRow | 'filtered' | 'keyless'

/** A stream with a log of its own as JavaScript. Throws when its event is not in the catalog. */
export const compileSentRows = (stream: SentStream, catalog: Catalog): ((row: Row) => MadeRow) => {
  const tables: TableRows = new Map(
    [...catalog.tables.keys()].map((name) => [
      name,
      catalog.contents.get(name)?.rows ?? new Map<string, never>(),
    ]),
  )
  const log = logOf(stream, must(catalog.events.get(stream.from), `event ${stream.from}`))
  const isTaken = stream.where === null ? () => true : compileRowExpr(stream.where, tables)
  const fields = stream.fields.map(({ expr }, n) => ({
    ...(log.fields[n] as FieldDefinition),
    read: compileRowExpr(expr, tables),
  }))
  const keyPart = [{ type: keyTypeOf(log), optional: false }]
  return (row) => {
    if (isTaken(row) !== true) return 'filtered'
    const cells: string[] = []
    let key: Value = null
    for (const field of fields) {
      const value = field.read(row)
      if (field.name === log.key) key = value
      if (value !== null) cells.push(`${JSON.stringify(field.name)}:${jsonOf(field, value)}`)
    }
    return key === null ? 'keyless' : { key: encodeKey([key], keyPart), json: `{${cells.join(',')}}` }
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
