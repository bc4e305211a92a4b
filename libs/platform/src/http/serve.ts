import { intakeRoutes } from '@tidewater/engine-ingest'
import type { ArchiveNearby } from '@tidewater/engine-ingest'
import type { Serving } from '@tidewater/engine-serving'
import type { HttpRoute } from '@tidewater/ports'
import { createMetrics, startHttpServer } from '@tidewater/runtime'
import type { Config, HttpServer, HttpServerOptions, Metrics } from '@tidewater/runtime'
import type { PartSettings } from '../parts/part-settings.ts'
import { runServingPart, type ServingPart, type ServingPartPorts } from '../parts/serving-part.ts'
import { accountMetrics } from './account-metrics.ts'
import { createConsoleFiles } from './console-files.ts'
import { createGraphqlHandler } from './graphql-handler.ts'
import { healthRoute, intakeCounter, metricsRoute, readyRoute, readyToTakeRoute } from './own-routes.ts'
import { workerMetrics } from './worker-metrics.ts'

export interface ServeSettings
  extends PartSettings, Pick<Config, 'httpHost' | 'httpPort' | 'maxBodyBytes' | 'consoleDir'> {
  /** More to mount beside, asked after everything else. */
  readonly routes?: readonly HttpRoute[]
}

export interface RunningServer {
  readonly url: string
  readonly port: number
  readonly serving: Serving
  stop(): Promise<void>
}

/** GraphQL, intake, console, health and metrics on one port. Rejects with a sentence when the port is taken. */
export const serve = async (ports: ServingPartPorts, settings: ServeSettings): Promise<RunningServer> => {
  const metrics = createMetrics()
  const part = await runServingPart(ports, { ...settings, count: intakeCounter(metrics) })
  try {
    const server = await startHttpServer(serverOf(ports, part, settings, metrics))
    settings.log.info(`answers at ${server.url}/graphql`)
    return { ...runningOf(server, part), serving: part.serving }
  } catch (error) {
    await part.stop()
    throw error
  }
}

const runningOf = (server: HttpServer, part: ServingPart): Omit<RunningServer, 'serving'> => ({
  url: server.url,
  port: server.port,
  stop: async () => {
    await server.stop()
    await part.stop()
  },
})

const serverOf = (
  ports: ServingPartPorts,
  { intake, serving }: ServingPart,
  { httpHost: host, httpPort: port, maxBodyBytes, consoleDir, log, routes = [] }: ServeSettings,
  metrics: Metrics,
): HttpServerOptions => {
  const requests = metrics.counter({
    name: 'http_requests_total',
    help: 'Answered requests.',
    labels: ['route', 'status'],
  })
  const seconds = metrics.histogram({
    name: 'graphql_seconds',
    help: 'Time from request to answer.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  })
  const graphql = createGraphqlHandler(serving, { maxBodyBytes, graphiql: true, log })
  const showsConsole = createConsoleFiles(consoleDir)
  const [access] = serving.views.values()
  return {
    ...{ host, port, maxBodyBytes, log },
    routes: [
      ...intakeRoutes(intake, archiveOf(ports)),
      healthRoute,
      readyRoute(ports.store),
      readyToTakeRoute(ports.log, access?.topic),
      metricsRoute(async () => {
        const all = [metrics.text(), workerMetrics(ports.registry), accountMetrics(serving.accounts)]
        return (await Promise.all(all)).join('')
      }, metrics),
      ...serving.routes,
      ...routes,
    ],
    intercept: (request, response) => {
      if (!isGraphql(request.url)) return showsConsole(request, response)
      const started = performance.now()
      response.once('close', () => {
        requests({ route: '/graphql', status: String(response.statusCode) })
        seconds((performance.now() - started) / 1000)
      })
      graphql(request, response)
      return true
    },
    onAnswer: (route, status) => requests({ route, status: String(status) }),
  }
}

/** Where loaders find what is archived already, and how they ask for the rest of it. */
const archiveOf = ({ lake, store }: ServingPartPorts): ArchiveNearby => ({
  lakeDir: lake.path(''),
  flush: () => store.notify('archive.flush', ''),
})

const isGraphql = (url = '/'): boolean =>
  url === '/graphql' || url.startsWith('/graphql?') || url.startsWith('/graphql/')
