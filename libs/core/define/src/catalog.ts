import { everyPart } from '@tidewater/expr'
import type { Type } from '@tidewater/expr'
import type {
  Catalog,
  Definition,
  EventDefinition,
  FieldDefinition,
  TableContent,
  TableDefinition,
  ViewDefinition,
} from './definition.ts'
import { checkCatalogNames, placeOf } from './catalog-names.ts'
import { at, mistake } from './mistake.ts'

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
    else if (definition.kind === 'table') tables.set(definition.name, definition)
    else views.set(definition.name, definition)
  }
  const catalog: Catalog = { events, tables, views, contents, sources }
  checkCatalogNames(catalog)
  for (const view of views.values()) at(placeOf(catalog, view.name), () => checkReferences(catalog, view))
  return catalog
}

const checkReferences = (catalog: Catalog, view: ViewDefinition): void => {
  const event = catalog.events.get(view.from)
  if (event === undefined)
    throw mistake(
      `reads the event ${view.from}, which no loaded file exports`,
      `export const ${view.from} = event('${view.from}', …)`,
    )
  const exprs = [
    ...view.keys.map((k) => k.expr),
    ...view.measures.map((m) => m.expr),
    ...(view.where === null ? [] : [view.where]),
  ]
  for (const part of exprs.flatMap(everyPart)) {
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

/** A definition may hold a value of another event or of an older copy: its fields must be the loaded ones. */
const checkField = (fields: readonly FieldDefinition[], name: string, type: Type, owner: string): void => {
  const found = fields.find((f) => f.name === name)
  if (found !== undefined && JSON.stringify(found.type) === JSON.stringify(type)) return
  throw mistake(
    `uses a value '${name}' that is no field of ${owner}`,
    'use only the row that the callback is handed',
  )
}
