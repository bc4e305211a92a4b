import { intakeRoutes } from '@tidewater/engine-ingest'
import { createMetrics, startHttpServer } from '@tidewater/runtime'
import type { Config, HttpServer } from '@tidewater/runtime'
import { topicOf } from 'tidewater'
import type { PartSettings } from '../parts/part-settings.ts'
import { openIntake, type ServingPartPorts } from '../parts/serving-part.ts'
import { healthRoute, intakeCounter, metricsRoute, readyToTakeRoute } from './own-routes.ts'

/** The intake alone, to scale it apart from serving: events, its health and its metrics. */
export const takeEvents = async (
  ports: Pick<ServingPartPorts, 'log' | 'clock' | 'nonce'>,
  settings: PartSettings & Pick<Config, 'httpHost' | 'httpPort' | 'maxBodyBytes'>,
): Promise<HttpServer> => {
  const { catalog, log, httpHost: host, httpPort: port, maxBodyBytes } = settings
  const metrics = createMetrics()
  const intake = openIntake(ports, { catalog, count: intakeCounter(metrics) })
  const [event] = catalog.events.keys()
  const routes = [
    ...intakeRoutes(intake),
    healthRoute,
    readyToTakeRoute(ports.log, event === undefined ? undefined : topicOf(event)),
    metricsRoute(() => metrics.text(), metrics),
  ]
  const server = await startHttpServer({ host, port, maxBodyBytes, routes, log })
  log.info(`takes events at ${server.url}/events/:event`)
  return server
}
