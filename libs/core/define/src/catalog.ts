import { everyPart } from '@tidewater/expr'
import type { Expr, Type } from '@tidewater/expr'
import type {
  Catalog,
  Definition,
  EventDefinition,
  FieldDefinition,
  StreamDefinition,
  TableContent,
  TableDefinition,
  ViewDefinition,
} from './definition.ts'
import { checkCatalogNames, placeOf } from './catalog-names.ts'
import { at, mistake } from './mistake.ts'
import { addLogs } from './catalog-logs.ts'
import type { JoinDefinition, PatternDefinition } from './operator-definition.ts'

/** A definition and the file it was exported from. */
export interface Sourced {
  readonly definition: Definition
  readonly source: string
}

/**
 * The catalog of a running platform.
 *
 * Throws a sentence when two definitions collide, or one reads what is not there. `contents` are the rows of each
 * table by name; without them (a check of the definitions alone) lookups find nothing.
 */
export const buildCatalog = (
  sourced: Iterable<Sourced>,
  contents: ReadonlyMap<string, TableContent> = new Map(),
): Catalog => {
  const events = new Map<string, EventDefinition>()
  const streams = new Map<string, StreamDefinition>()
  const joins = new Map<string, JoinDefinition>()
  const patterns = new Map<string, PatternDefinition>()
  const tables = new Map<string, TableDefinition>()
  const views = new Map<string, ViewDefinition>()
  const sources = new Map<string, string>()
  for (const { definition, source } of sourced) {
    const other = sources.get(definition.name)
    if (other !== undefined) {
      throw mistake(
        `two definitions are named ${definition.name}: one in ${other}, one in ${source}`,
        'rename one of them',
        definition.name,
      )
    }
    sources.set(definition.name, source)
    if (definition.kind === 'event') events.set(definition.name, definition)
    else if (definition.kind === 'stream') streams.set(definition.name, definition)
    else if (definition.kind === 'join') joins.set(definition.name, definition)
    else if (definition.kind === 'pattern') patterns.set(definition.name, definition)
    else if (definition.kind === 'table') tables.set(definition.name, definition)
    else views.set(definition.name, definition)
  }
  const catalog: Catalog = { events, streams, joins, patterns, tables, views, contents, sources }
  addLogs(events, catalog)
  checkCatalogNames(catalog)
  for (const reader of [...streams.values(), ...patterns.values(), ...views.values()])
    at(placeOf(catalog, reader.name), () => checkReferences(catalog, reader))
  for (const join of joins.values())
    at(placeOf(catalog, join.name), () => {
      for (const side of [join.left, join.right]) checkReferences(catalog, side)
      checkLookups(catalog, join.fields)
    })
  for (const pattern of patterns.values())
    at(placeOf(catalog, pattern.name), () => checkLookups(catalog, pattern.fields))
  return catalog
}

type Reader = StreamDefinition | PatternDefinition | ViewDefinition

const exprsOf = (reader: Reader): readonly Expr[] => {
  const where = reader.where === null ? [] : [reader.where]
  if (reader.kind === 'view')
    return [...where, ...[...reader.keys, ...reader.measures].map(({ expr }) => expr)]
  if (reader.kind === 'stream') return [...where, ...reader.fields.map(({ expr }) => expr)]
  const parts = reader.parts.flatMap((part) =>
    part.kind === 'step' && part.distinct !== null ? [part.where, part.distinct] : [part.where],
  )
  return [...where, ...parts, ...reader.kept.map(({ expr }) => expr)]
}

const checkReferences = (catalog: Catalog, reader: Reader): void => {
  checkStream(catalog, reader.through)
  const event = catalog.events.get(reader.from)
  if (event === undefined)
    throw mistake(
      `reads the event ${reader.from}, which no loaded file exports`,
      `export const ${reader.from} = event('${reader.from}', …)`,
    )
  if (reader.kind === 'pattern') checkOrder(reader, event)
  const exprs = exprsOf(reader)
  for (const part of exprs.flatMap(everyPart))
    if (part.op === 'field') checkField(event.fields, part.name, part.type, event.name)
  checkLookups(
    catalog,
    exprs.map((expr) => ({ expr })),
  )
}

const checkLookups = (catalog: Catalog, made: readonly { readonly expr: Expr }[]): void => {
  for (const part of made.flatMap(({ expr }) => everyPart(expr))) {
    if (part.op !== 'lookup') continue
    const table = catalog.tables.get(part.table)
    if (table === undefined)
      throw mistake(
        `looks up the table ${part.table}, which no loaded file exports`,
        `export const ${part.table} = table('${part.table}', …)`,
      )
    checkField(table.fields, part.field, part.type, table.name)
  }
}

/** Rows of one key are in order only in a log that is kept by it. */
const checkOrder = ({ by, through }: PatternDefinition, event: EventDefinition): void => {
  if (by.name === event.key) return
  const source = through?.name ?? event.name
  throw mistake(
    `goes by '${by.name}', and the rows of ${source} are in order by '${event.key}' only`,
    `read another log of them: on: stream('${source}By${by.name.charAt(0).toUpperCase()}${by.name.slice(1)}', { from: ${source}, key: '${by.name}' })`,
  )
}

/** What was written over a stream holds it as it was then: it must be the one that is loaded. */
const checkStream = (catalog: Catalog, through: StreamDefinition | null): void => {
  if (through === null) return
  const { name } = through
  const loaded = catalog.streams.get(name)
  if (loaded === undefined)
    throw mistake(
      `reads the stream ${name}, which no loaded file exports`,
      `export const ${name} = stream('${name}', …)`,
    )
  if (JSON.stringify(loaded) !== JSON.stringify(through))
    throw mistake(
      `reads another stream ${name} than the one in ${catalog.sources.get(name) ?? ''}`,
      'import that one, or rename one of them',
    )
}

/** A definition may hold a value of another event or of an older copy: its fields must be the loaded ones. */
const checkField = (fields: readonly FieldDefinition[], name: string, type: Type, owner: string): void => {
  const found = fields.find((f) => f.name === name)
  if (found !== undefined && JSON.stringify(found.type) === JSON.stringify(type)) return
  throw mistake(
    `uses a value '${name}' that is no field of ${owner}`,
    'use only the row that the callback is handed',
  )
}
