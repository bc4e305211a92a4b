import type { Catalog, Definition } from './definition.ts'
import { mistake } from './mistake.ts'
import { fieldOf, listFieldOf, rawTableOf, slotsTableOf, snakeCase, sqlNameOf } from './names.ts'

/** Types every GraphQL schema of the platform has. */
export const BUILT_IN_TYPES: readonly string[] = [
  ...[
    'Query',
    'Mutation',
    'Subscription',
    'String',
    'Int',
    'Float',
    'Boolean',
    'ID',
    'Decimal',
    'Instant',
    'Long',
    'Period',
    'JSON',
  ],
  ...[
    'Layer',
    'Direction',
    'ColumnRole',
    'Column',
    'Offset',
    'Freshness',
    'LongEntry',
    'DecimalEntry',
    'View',
    'ViewPage',
    'Generation',
    'Status',
    'Worker',
    'Partition',
  ],
  ...[
    'TrackResult',
    'Rejected',
    'Reason',
    'ReconcileReport',
    'DeadLetter',
    'DeadLetters',
    'Account',
    'DeadReason',
    'DeadRetry',
    'RetriedLetter',
    'Job',
    'Alert',
    'Model',
    'Prediction',
  ],
  ...['ID', 'String', 'Long', 'Float', 'Decimal', 'Boolean', 'Instant'].map((type) => `${type}Filter`),
]

/** Root fields every GraphQL schema of the platform has. */
export const BUILT_IN_FIELDS: readonly string[] = [
  ...[
    'view',
    'views',
    'status',
    'generation',
    'generations',
    'workers',
    'catalog',
    'alerts',
    'models',
    'predict',
    'predictBatch',
    'dead',
    'deadLetter',
    'deadLetters',
  ],
]

const SUFFIXES = ['', 'Page', 'Where', 'Order', 'Key', 'Totals']

/** The name of the enum of a oneOf field: `ShopEventType`. */
export const enumNameOf = (owner: string, field: string): string =>
  `${owner}${field.charAt(0).toUpperCase()}${field.slice(1)}`

const graphqlTypesOf = (definition: Definition): readonly string[] => {
  if (definition.kind === 'stream' || definition.kind === 'join' || definition.kind === 'pattern') return []
  if (definition.kind === 'view') return SUFFIXES.map((suffix) => `${definition.name}${suffix}`)
  const enums = definition.fields
    .filter((f) => f.type.kind === 'oneOf')
    .map((f) => enumNameOf(definition.name, f.name))
  return enums.flatMap((name) => [name, `${name}Filter`])
}

const graphqlFieldsOf = (definition: Definition): readonly string[] =>
  definition.kind === 'view' ? [fieldOf(definition.name), listFieldOf(definition.name)] : []

const sqlNamesOf = (definition: Definition): readonly string[] => {
  if (definition.kind === 'event') return [snakeCase(definition.name), rawTableOf(definition.name)]
  if (definition.kind !== 'view') return [sqlNameOf(definition.name)]
  return [sqlNameOf(definition.name), `${sqlNameOf(definition.name)}_at`, slotsTableOf(definition.name)]
}

/** Every name a definition takes outside must be free: GraphQL types and fields, tables and views in SQL. */
export const checkCatalogNames = (catalog: Catalog): void => {
  const all: readonly Definition[] = [
    ...catalog.events.values(),
    // what has a log of its own is among the events
    ...[...catalog.streams.values()].filter(({ key }) => key === null),
    ...catalog.tables.values(),
    ...catalog.views.values(),
  ]
  claim(catalog, all, 'the GraphQL type', graphqlTypesOf, BUILT_IN_TYPES)
  claim(catalog, all, 'the GraphQL field', graphqlFieldsOf, BUILT_IN_FIELDS)
  claim(catalog, all, 'the SQL name', sqlNamesOf, [])
  for (const definition of all) {
    if (!snakeCase(definition.name).startsWith('tidewater')) continue
    throw mistake(
      `${placeOf(catalog, definition.name)}: names that start with Tidewater are the platform's own`,
      'rename it',
      definition.name,
    )
  }
}

const claim = (
  catalog: Catalog,
  all: readonly Definition[],
  what: string,
  namesOf: (definition: Definition) => readonly string[],
  taken: readonly string[],
): void => {
  const owners = new Map<string, string>(taken.map((name) => [name, 'the platform itself']))
  for (const definition of all) {
    for (const name of namesOf(definition)) {
      const owner = owners.get(name)
      if (owner !== undefined) {
        throw mistake(
          `${placeOf(catalog, definition.name)}: ${what} '${name}' is taken by ${owner}`,
          'rename one of them',
          definition.name,
        )
      }
      owners.set(name, placeOf(catalog, definition.name))
    }
  }
}

/** `shop.ts: Sales`: where a definition is, for messages. */
export const placeOf = (catalog: Pick<Catalog, 'sources'>, name: string): string =>
  `${catalog.sources.get(name) ?? 'unknown file'}: ${name}`
