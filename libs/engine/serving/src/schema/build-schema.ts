import { PlatformError } from '@tidewater/base'
import { buildASTSchema, parse } from 'graphql'
import type { DocumentNode, GraphQLSchema } from 'graphql'
import { fieldOf, listFieldOf } from 'tidewater'
import type { Catalog } from 'tidewater'
import { deadQueries } from '../dead/dead-resolvers.ts'
import { mutationResolvers } from '../mutations.ts'
import { listGenerations, presentStatus } from '../status.ts'
import type { ServingPorts } from '../serving-ports.ts'
import type { ViewAccess } from '../view-access.ts'
import { BUILT_IN_SDL } from './built-in-sdl.ts'
import { columnTypes, enumsSdl } from './column-types.ts'
import { DEAD_SDL } from './dead-sdl.ts'
import { definitionQueries } from './definition-resolvers.ts'
import { DEFINITION_SDL } from './definition-sdl.ts'
import { genericViewResolver } from './generic-view.ts'
import { wireScalars } from './scalars.ts'
import { STATUS_SDL } from './status-sdl.ts'
import { listResolver, rowResolver } from './view-resolvers.ts'
import type { Resolver } from './view-resolvers.ts'
import { viewSdl } from './view-sdl.ts'

/** The schema of a catalog, as text. */
export const schemaSdl = (views: ReadonlyMap<string, ViewAccess>, catalog: Catalog): string => {
  const all = [...views.values()]
  const parts = all.map((access) => viewSdl(access, columnTypes(access, catalog)))
  const queries =
    parts.length === 0 ? '' : `extend type Query {${parts.map((part) => part.queries).join('\n')}\n}`
  return [
    BUILT_IN_SDL,
    STATUS_SDL,
    DEAD_SDL,
    DEFINITION_SDL,
    enumsSdl(all, catalog),
    ...parts.map((part) => part.types),
    queries,
  ].join('\n')
}

/** The schema with its resolvers. Throws `BAD_DEFINITION` when two columns of a view take one GraphQL name. */
export const buildSchema = (
  ports: ServingPorts,
  views: ReadonlyMap<string, ViewAccess>,
  catalog: Catalog,
): GraphQLSchema => {
  const schema = parsed(schemaSdl(views, catalog))
  wireScalars(schema)
  const queries: Record<string, Resolver> = {
    view: genericViewResolver(ports, views),
    status: () => presentStatus(ports, catalog),
    generations: () => listGenerations(ports),
    ...deadQueries(ports, catalog),
    ...definitionQueries(catalog),
  }
  for (const access of views.values()) {
    const { name, window } = access.view
    if (window === null) {
      queries[fieldOf(name)] = rowResolver(ports, access)
      queries[listFieldOf(name)] = listResolver(ports, access)
    } else queries[fieldOf(name)] = listResolver(ports, access)
  }
  wire(schema.getQueryType(), queries)
  wire(schema.getMutationType(), mutationResolvers(ports, catalog))
  return schema
}

/** Texts that were found to be schemas: finding that out takes longer than all else, and a process may open serving often. */
const sound = new Map<string, DocumentNode>()

const parsed = (sdl: string): GraphQLSchema => {
  try {
    const known = sound.get(sdl)
    if (known !== undefined) return buildASTSchema(known, { assumeValid: true, assumeValidSDL: true })
    const document = parse(sdl, { noLocation: true })
    const schema = buildASTSchema(document)
    sound.set(sdl, document)
    return schema
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    throw new PlatformError(
      'BAD_DEFINITION',
      `the definitions make no GraphQL schema: ${message}`,
      'rename the key or measure it names',
    )
  }
}

const wire = (
  type: ReturnType<GraphQLSchema['getQueryType']>,
  resolvers: Readonly<Record<string, Resolver>>,
): void => {
  const fields = type?.getFields() ?? {}
  for (const [name, resolve] of Object.entries(resolvers)) {
    const field = fields[name]
    if (field === undefined) throw new Error(`the schema has no field ${name}`)
    field.resolve = resolve as NonNullable<typeof field.resolve>
  }
}
