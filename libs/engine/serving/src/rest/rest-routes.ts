import type { HttpRoute } from '@tidewater/ports'
import type { Catalog } from 'tidewater'
import type { Operation } from '../operation.ts'
import type { ServingPorts } from '../serving-ports.ts'
import type { ViewAccess } from '../view-access.ts'
import { entityRoute } from './entity-route.ts'
import { openApi } from './open-api.ts'

/** What is answered beside GraphQL, and the document that says so. */
export const restRoutes = (
  ports: ServingPorts,
  views: ReadonlyMap<string, ViewAccess>,
  catalog: Catalog,
  begin: () => Operation,
): readonly HttpRoute[] => {
  const document = openApi(views, catalog)
  return [
    entityRoute(ports, views, begin),
    { method: 'GET', path: '/openapi.json', handle: () => ({ status: 200, body: document }) },
  ]
}
