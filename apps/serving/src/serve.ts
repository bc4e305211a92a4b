import { createIntake, intakeRoutes } from '@tidewater/engine-ingest'
import type { ArchiveNearby, Intake } from '@tidewater/engine-ingest'
import { createServing } from '@tidewater/engine-serving'
import type { Serving, ServingAdapters, TrackResult } from '@tidewater/engine-serving'
import { ensureGenesis } from '@tidewater/seam'
import type { HttpRoute, Nonce } from '@tidewater/ports'
import { createMetrics, startHttpServer, systemTimers } from '@tidewater/runtime'
import type { Log, Metrics } from '@tidewater/runtime'
import { topicOf } from 'tidewater'
import type { Catalog } from 'tidewater'
import { announceServing } from './announce-serving.ts'
import { createGraphqlHandler } from './graphql-handler.ts'
import { workerMetrics } from './worker-metrics.ts'

export type ServePorts = Omit<ServingAdapters, 'breathe' | 'track'> & { readonly nonce: Nonce }

export interface ServeOptions {
  /** This worker's name in `status`. */
  readonly name: string
  readonly host: string
  readonly port: number
  readonly maxBodyBytes: number
  readonly catalog: Catalog
  readonly log: Log
  /** More to mount beside, asked after everything else. */
  readonly routes?: readonly HttpRoute[]
}

export interface RunningServer {
  readonly url: string
  readonly port: number
  readonly serving: Serving
  stop(): Promise<void>
}

const IN_FLIGHT_BYTES = 64 << 20

/** GraphQL, intake, health and metrics on one port. Rejects with a sentence when the port is taken. */
export const serve = async (ports: ServePorts, options: ServeOptions): Promise<RunningServer> => {
  const { catalog, log } = options
  const metrics = createMetrics()
  const events = metrics.counter({
    name: 'intake_events_total',
    help: 'Events at the door: accepted, rejected, shed.',
    labels: ['what', 'event'],
  })
  const intake = createIntake({
    log: ports.log,
    events: catalog.events,
    clock: ports.clock,
    newId: ports.nonce,
    maxInFlightBytes: IN_FLIGHT_BYTES,
    count: (what, event, n) => events({ what, event }, n),
  })
  const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  const serving = await createServing(
    { timers: systemTimers, ...ports, breathe, track: trackBy(intake) },
    catalog,
  )
  await ensureHeaders(ports, catalog)
  const graphql = createGraphqlHandler(serving, { maxBodyBytes: options.maxBodyBytes, graphiql: true, log })
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
  const server = await startHttpServer({
    host: options.host,
    port: options.port,
    maxBodyBytes: options.maxBodyBytes,
    routes: [
      ...intakeRoutes(intake, archiveOf(ports)),
      ...ownRoutes(ports, serving, metrics),
      ...(options.routes ?? []),
    ],
    intercept: (request, response) => {
      if (!isGraphql(request.url)) return false
      const started = performance.now()
      response.once('close', () => {
        requests({ route: '/graphql', status: String(response.statusCode) })
        seconds((performance.now() - started) / 1000)
      })
      graphql(request, response)
      return true
    },
    log,
    onAnswer: (route, status) => requests({ route, status: String(status) }),
  })
  const leave = announceServing(ports, options.name, log)
  return {
    url: server.url,
    port: server.port,
    serving,
    stop: async () => {
      await leave()
      await server.stop()
      await serving.close()
    },
  }
}

/** Where loaders find what is archived already, and how they ask for the rest of it. */
const archiveOf = ({ lake, store }: ServePorts): ArchiveNearby => ({
  lakeDir: lake.path(''),
  flush: () => store.notify('archive.flush', ''),
})

const isGraphql = (url = '/'): boolean =>
  url === '/graphql' || url.startsWith('/graphql?') || url.startsWith('/graphql/')

/** Readers need a header per partition and a pointer; whoever comes first writes them. */
const ensureHeaders = async ({ log, lake, store, nonce }: ServePorts, catalog: Catalog): Promise<void> => {
  const newest = (await lake.generations()).at(-1) ?? null
  for (const { name } of catalog.events.values()) {
    const topic = topicOf(name)
    const places = (await log.bounds(topic)).map(({ partition }) => ({ topic, partition }))
    await ensureGenesis(store, places, newest, nonce)
  }
}

const encoder = new TextEncoder()

const trackBy =
  (intake: Intake) =>
  async (event: string, rows: readonly unknown[]): Promise<TrackResult> => {
    const { accepted, rejected } = await intake.accept(
      event,
      rows.map((row) => encoder.encode(JSON.stringify(row))),
    )
    return { accepted, rejected }
  }

const ownRoutes = (
  { store, log, registry }: ServePorts,
  { views }: Serving,
  metrics: Metrics,
): readonly HttpRoute[] => [
  { method: 'GET', path: '/health', handle: () => ({ status: 200, body: { status: 'ok' } }) },
  {
    method: 'GET',
    path: '/ready',
    handle: async () => {
      const [topic] = [...views.values()].map((access) => access.topic)
      const checks = {
        redis: await isUp(store.pointer()),
        kafka: topic === undefined || (await isUp(log.bounds(topic))),
      }
      const ready = checks.redis && checks.kafka
      return { status: ready ? 200 : 503, body: { status: ready ? 'ready' : 'not ready', checks } }
    },
  },
  {
    method: 'GET',
    path: '/metrics',
    handle: async () => ({
      status: 200,
      headers: { 'content-type': metrics.contentType },
      body: `${await metrics.text()}${await workerMetrics(registry)}`,
    }),
  },
]

const isUp = (asked: Promise<unknown>): Promise<boolean> =>
  asked.then(
    () => true,
    () => false,
  )
