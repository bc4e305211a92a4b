import { formatExact } from '@tidewater/base'
import { duckdb, isExact, scaleOf } from '@tidewater/expr'
import type { SqlDialect, Type, Value } from '@tidewater/expr'
import { withoutCopies } from '@tidewater/rows'
import type { Clickhouse } from '@tidewater/adapter-clickhouse'
import type { SqlEngine } from '@tidewater/ports'
import { rawTableOf, snakeCase, sqlNameOf } from 'tidewater'
import type { FieldDefinition } from 'tidewater'
import type { Case } from './random-case.ts'
import type { Schema } from './random-schema.ts'

/** Columns of a raw relation beside the fields (see the archive's). */
const ENVELOPE: readonly FieldDefinition[] = [
  { name: '_id', type: { kind: 'text' }, optional: false },
  { name: '_partition', type: { kind: 'int', digits: 9 }, optional: false },
  { name: '_offset', type: { kind: 'int', digits: 15 }, optional: false },
  { name: '_appended_at', type: { kind: 'instant' }, optional: false },
]

type Values = readonly (readonly Value[])[]

interface Relation {
  readonly name: string
  readonly fields: readonly FieldDefinition[]
  readonly values: Values
}

const relationsOf = (schema: Schema, cases: readonly Case[]): readonly Relation[] => [
  {
    name: `${namespaceOf(schema)}.${rawTableOf(schema.event.name)}`,
    // A row may lack whatever was not always required; an event's time never is.
    fields: [
      ...ENVELOPE,
      ...schema.event.fields.map((field) => ({ ...field, optional: field.name !== schema.event.time })),
    ],
    values: cases.flatMap(({ rows }) =>
      rows.map(({ id, partition, offset, appendedAt, row }) => [
        id,
        partition,
        offset,
        appendedAt,
        ...schema.event.fields.map(({ name }) => row[name] ?? null),
      ]),
    ),
  },
  {
    name: tableRelationOf(schema),
    fields: schema.table.fields,
    values: [...schema.tableRows.values()].map((row) =>
      schema.table.fields.map(({ name }) => row[name] ?? null),
    ),
  },
]

/** A namespace of its own for each event type: dropped as one. */
const namespaceOf = (schema: Schema): string => snakeCase(schema.event.name)
/** The relation of a schema's rows without duplicates. */
export const cleanTableOf = (schema: Schema): string => `${namespaceOf(schema)}.clean`
export const tableRelationOf = (schema: Schema): string =>
  `${namespaceOf(schema)}.${sqlNameOf(schema.table.name)}`
export const slotsTableOf = (schema: Schema, name: string): string => `${namespaceOf(schema)}.${name}`
/** Behind CREATE TABLE: ClickHouse asks for an engine. */
export const storeOf = (dialect: SqlDialect): string => (dialect.name === 'duckdb' ? '' : ' ENGINE = Memory')

/** Loads the rows of all cases of one schema, and drops duplicates as a recompute does. */
export async function loadCases(
  engine: SqlEngine,
  dialect: SqlDialect,
  schema: Schema,
  cases: readonly Case[],
): Promise<void> {
  const [raw, ...tables] = relationsOf(schema, cases)
  if (raw === undefined) throw new Error('nothing to load')
  await engine.execute(
    dialect.name === 'duckdb'
      ? `CREATE SCHEMA ${namespaceOf(schema)}`
      : `CREATE DATABASE ${namespaceOf(schema)} ENGINE = Atomic`,
  )
  await Promise.all([raw, ...tables].map((relation) => load(engine, dialect, relation)))
  await engine.execute(
    `CREATE TABLE ${cleanTableOf(schema)}${storeOf(dialect)} AS ${withoutCopies(schema.event, dialect, raw.name)}`,
  )
}

async function load(engine: SqlEngine, dialect: SqlDialect, relation: Relation): Promise<void> {
  const columns = relation.fields.map((field) => columnSql(field, dialect)).join(', ')
  await engine.execute(`CREATE TABLE ${relation.name} (${columns})${storeOf(dialect)}`)
  if (relation.values.length === 0) return
  if (dialect.name === 'duckdb') await engine.execute(insertValues(relation))
  else await insertJson(engine as Clickhouse, relation)
}

export async function dropCases(engine: SqlEngine, dialect: SqlDialect, schema: Schema): Promise<void> {
  const name = namespaceOf(schema)
  await engine.execute(
    dialect.name === 'duckdb'
      ? `DROP SCHEMA IF EXISTS ${name} CASCADE`
      : `DROP DATABASE IF EXISTS ${name} SYNC`,
  )
}

function columnSql({ name, type, optional }: FieldDefinition, dialect: SqlDialect): string {
  return `${dialect.identifier(snakeCase(name))} ${optional ? roomy(type, dialect) : dialect.columnType(type)}`
}

/** A column that may be missing: DuckDB's always may. */
function roomy(type: Type, dialect: SqlDialect): string {
  if (dialect.name === 'duckdb') return dialect.columnType(type)
  return type.kind === 'oneOf' ? 'LowCardinality(Nullable(String))' : `Nullable(${dialect.columnType(type)})`
}

function insertValues({ name, fields, values }: Relation): string {
  const cell = (type: Type, value: Value): string => {
    if (value === null) return 'NULL'
    if (isExact(type))
      return `CAST('${formatExact(value as number | bigint, scaleOf(type))}' AS ${duckdb.columnType(type)})`
    if (type.kind === 'number') return duckdb.double(value as number)
    if (type.kind === 'instant') return `make_timestamp_ms(${String(value)})`
    return type.kind === 'boolean' ? String(value) : duckdb.text(value as string)
  }
  const rows = values.map((row) => `(${row.map((value, n) => cell(fields[n]!.type, value)).join(', ')})`)
  return `INSERT INTO ${name} VALUES ${rows.join(',\n')}`
}

async function insertJson(engine: Clickhouse, { name, fields, values }: Relation): Promise<void> {
  const column = ({ name }: FieldDefinition): string => engineName(name)
  const input = fields.map((field) => `${column(field)} ${jsonType(field.type)}`).join(', ')
  const select = fields.map((field) =>
    field.type.kind === 'instant' ? `fromUnixTimestamp64Milli(${column(field)}, 'UTC')` : column(field),
  )
  const lines = values.map((row) =>
    JSON.stringify(
      Object.fromEntries(
        row.map((value, n) => [snakeCase(fields[n]!.name), jsonValue(fields[n]!.type, value)]),
      ),
    ),
  )
  const sql = `INSERT INTO ${name} SELECT ${select.join(', ')} FROM input('${input.replaceAll("'", "''")}') FORMAT JSONEachRow`
  await engine.insert(sql, new TextEncoder().encode(lines.join('\n')), { token: name })
}

const engineName = (name: string): string => `\`${snakeCase(name)}\``

const jsonType = (type: Type): string => {
  if (type.kind === 'decimal') return `Nullable(Decimal(${type.digits}, ${type.scale}))`
  if (type.kind === 'int' || type.kind === 'instant') return 'Nullable(Int64)'
  if (type.kind === 'number') return 'Nullable(Float64)'
  return type.kind === 'boolean' ? 'Nullable(Bool)' : 'Nullable(String)'
}

const jsonValue = (type: Type, value: Value): unknown => {
  if (value === null || type.kind !== 'decimal') return typeof value === 'bigint' ? value.toString() : value
  return formatExact(value as number | bigint, type.scale)
}
