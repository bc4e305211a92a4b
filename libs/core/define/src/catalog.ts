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
import { isSent, logOf } from './sent-stream.ts'

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
    else if (definition.kind === 'table') tables.set(definition.name, definition)
    else views.set(definition.name, definition)
  }
  addLogs(events, streams)
  const catalog: Catalog = { events, streams, tables, views, contents, sources }
  checkCatalogNames(catalog)
  for (const reader of [...streams.values(), ...views.values()])
    at(placeOf(catalog, reader.name), () => checkReferences(catalog, reader))
  return catalog
}

/** A stream with a key of its own is an event too: what it is from comes first, whatever the order of the files. */
const addLogs = (
  events: Map<string, EventDefinition>,
  streams: ReadonlyMap<string, StreamDefinition>,
): void => {
  const add = (name: string, above: readonly string[]): void => {
    const stream = streams.get(name)
    if (stream === undefined || !isSent(stream) || events.has(name)) return
    if (above.includes(name))
      throw mistake(
        `${name} is made of itself: ${[...above, name].join(' from ')}`,
        'let one of them be from an event',
        name,
      )
    add(stream.from, [...above, name])
    const event = events.get(stream.from)
    if (event !== undefined) events.set(name, logOf(stream, event))
  }
  for (const name of streams.keys()) add(name, [])
}

const exprsOf = (reader: StreamDefinition | ViewDefinition): readonly Expr[] => [
  ...(reader.where === null ? [] : [reader.where]),
  ...(reader.kind === 'stream' ? reader.fields : [...reader.keys, ...reader.measures]).map(
    ({ expr }) => expr,
  ),
]

const checkReferences = (catalog: Catalog, reader: StreamDefinition | ViewDefinition): void => {
  checkStream(catalog, reader.through)
  const event = catalog.events.get(reader.from)
  if (event === undefined)
    throw mistake(
      `reads the event ${reader.from}, which no loaded file exports`,
      `export const ${reader.from} = event('${reader.from}', …)`,
    )
  for (const part of exprsOf(reader).flatMap(everyPart)) {
    if (part.op === 'field') checkField(event.fields, part.name, part.type, event.name)
    if (part.op === 'lookup') {
      const table = catalog.tables.get(part.table)
      if (table === undefined)
        throw mistake(
          `looks up the table ${part.table}, which no loaded file exports`,
          `export const ${part.table} = table('${part.table}', …)`,
        )
      checkField(table.fields, part.field, part.type, table.name)
    }
  }
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
