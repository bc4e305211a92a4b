import type { HttpRoute, ServingReader } from '@tidewater/ports'
import type { GraphQLSchema } from 'graphql'
import type { Catalog } from 'tidewater'
import { accountsOf, type Account } from './accounts.ts'
import { createBatchParts } from './batch-part.ts'
import type { Operation } from './operation.ts'
import { createOperation } from './operation.ts'
import { createPartitions } from './partitions.ts'
import { createPointerCache } from './pointer-cache.ts'
import { createServingReader } from './read-all.ts'
import { restRoutes } from './rest/rest-routes.ts'
import { buildSchema } from './schema/build-schema.ts'
import type { ServingAdapters, ServingPorts } from './serving-ports.ts'
import { viewAccess } from './view-access.ts'
import type { ViewAccess } from './view-access.ts'

/** The answering half of the platform: batch ⊕ speed for every view of the catalog. */
export interface Serving {
  /** Built when it is first asked for: a batch worker never does. */
  readonly schema: GraphQLSchema
  readonly views: ReadonlyMap<string, ViewAccess>
  /** REST: a row by its key, and the OpenAPI document. */
  readonly routes: readonly HttpRoute[]
  /** Begin one for every GraphQL operation and hand it over as `context.operation`. */
  begin(): Operation
  /** What reconcile reads. */
  readonly reader: ServingReader
  /** Where the records of every event are. */
  accounts(): Promise<readonly Account[]>
  close(): Promise<void>
}

/** A scan of many groups gives up after this. */
const SCAN_DEADLINE_MS = 2_000

export const createServing = async (adapters: ServingAdapters, catalog: Catalog): Promise<Serving> => {
  const { store, clock, letOthersRun } = adapters
  const pointers = createPointerCache(store, clock)
  const ports: ServingPorts = {
    ...adapters,
    reader: adapters.batch,
    pointers,
    partitions: createPartitions(adapters),
    batchParts: createBatchParts(adapters.batch, adapters.timers),
    scan: { clock, letOthersRun, deadlineMs: SCAN_DEADLINE_MS },
  }
  const views = new Map([...catalog.views].map(([name, view]) => [name, viewAccess(view, catalog)]))
  const begin = (): Operation => createOperation(ports, clock.now())
  const unlisten = await store.listen('generation', () => pointers.expire())
  let schema: GraphQLSchema | null = null
  let routes: readonly HttpRoute[] | null = null
  return {
    get schema() {
      return (schema ??= buildSchema(ports, views, catalog))
    },
    get routes() {
      return (routes ??= restRoutes(ports, views, catalog, begin))
    },
    views,
    begin,
    reader: createServingReader(ports, views, begin),
    accounts: () => accountsOf(ports, catalog),
    close: unlisten,
  }
}
