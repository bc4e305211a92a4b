import { PlatformError, formatDuration } from '@tidewater/base'
import type { Layer } from '@tidewater/merge'
import type { HttpAnswer, HttpRequest, HttpRoute } from '@tidewater/ports'
import { rowFormatter } from '../format-values.ts'
import type { Freshness } from '../freshness.ts'
import { parseInstant } from '../instant.ts'
import type { Operation } from '../operation.ts'
import { viewNamed } from '../read-all.ts'
import { resolveRow } from '../resolve-row.ts'
import { valueOf } from '../schema/list-arguments.ts'
import type { ServingPorts } from '../serving-ports.ts'
import type { Column, ViewAccess } from '../view-access.ts'

const LAYERS: readonly Layer[] = ['MERGED', 'BATCH', 'SPEED']

/** A view that one path names a row of: no window, one key. */
export const isEntityView = ({ view, keys }: ViewAccess): boolean => view.window === null && keys.length === 1

/**
 * `GET /v1/views/UserActivity/u42`: one row as its own GraphQL field answers it, without GraphQL around it. 404 where there is
 * none. Throws `UNKNOWN_VIEW`, `BAD_INPUT`, and whatever reading throws.
 */
export const entityRoute = (
  ports: ServingPorts,
  views: ReadonlyMap<string, ViewAccess>,
  begin: () => Operation,
): HttpRoute => {
  const formats = new Map(
    [...views].map(([name, { keys, measures }]) => [name, rowFormatter([...keys, ...measures])]),
  )
  return {
    method: 'GET',
    path: '/v1/views/:view/:key',
    handle: async ({ params, query }) => {
      const access = viewNamed(views, params['view'] ?? '')
      const key = keyOf(access)
      const keys = { [key.name]: valueOf(params['key'], key.type, key.name) }
      const answer = await resolveRow(ports, begin(), access, { keys, ...askedFor(query) })
      if (answer === null) return noRow(access, params['key'] ?? '')
      const row: Record<string, unknown> = {}
      formats.get(access.view.name)?.({ ...keys, ...answer.measures }, row)
      return { status: 200, body: { ...row, freshness: await wholeFreshness(answer.freshness) } }
    },
  }
}

const keyOf = (access: ViewAccess): Column => {
  const [key] = access.keys
  if (key !== undefined && isEntityView(access)) return key
  const { name } = access.view
  throw new PlatformError(
    'BAD_INPUT',
    `${name} has no row that one key names`,
    `ask GraphQL: { view(name: "${name}") { rows } }`,
  )
}

const askedFor = (query: HttpRequest['query']) => {
  const written = query.get('layer') ?? 'MERGED'
  const layer = LAYERS.find((known) => known === written.toUpperCase())
  if (layer !== undefined) return { asOf: parseInstant(query.get('asOf') ?? 'now'), layer }
  throw new PlatformError(
    'BAD_INPUT',
    `'${written.slice(0, 40)}' is no layer`,
    'layer is merged, batch or speed',
    'layer',
  )
}

const noRow = ({ view }: ViewAccess, key: string): HttpAnswer => {
  const silent =
    view.expiresMs === null ? '' : `, or silent for longer than ${formatDuration(view.expiresMs)}`
  const message = `${view.name} has no row of '${key.slice(0, 60)}': never seen${silent}`
  return { status: 404, body: { error: { code: 'NO_ROW', message, cure: 'send an event of it' } } }
}

const wholeFreshness = async (freshness: Freshness): Promise<object> => {
  const [lagMs, degraded] = await Promise.all([freshness.lagMs(), freshness.degraded()])
  const { asOf, generation } = freshness
  return {
    ...{ asOf, generation, builtAt: freshness.builtAt(), cut: freshness.cut(), offsets: freshness.offsets() },
    ...{ watermark: freshness.watermark(), lagMs, degraded },
  }
}
