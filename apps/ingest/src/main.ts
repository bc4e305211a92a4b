import { randomUUID } from 'node:crypto'
import { openKafkaLog } from '@tidewater/adapter-kafka'
import { createIntake, eventTopics, intakeRoutes } from '@tidewater/engine-ingest'
import {
  createLog,
  createMetrics,
  loadCatalog,
  loadConfig,
  runUntilStopped,
  startHttpServer,
  systemClock,
} from '@tidewater/runtime'

/** The intake alone, to scale it apart from serving: POST /events/:event into Kafka. */
const config = loadConfig()
const log = createLog('ingest', config.logLevel)

runUntilStopped(log, async () => {
  const catalog = await loadCatalog({ dirs: config.pipelinesDirs, only: config.pipelinesOnly })
  const kafka = openKafkaLog({ brokers: config.kafkaBrokers, clientId: 'ingest' })
  const topics = eventTopics(catalog.events.values(), {
    partitions: config.partitions,
    retentionMs: config.retentionMs ?? -1,
  })
  await kafka.ensureTopics(topics)
  const metrics = createMetrics()
  const events = metrics.counter({
    name: 'intake_events_total',
    help: 'Events at the door: accepted, rejected, shed.',
    labels: ['what', 'event'],
  })
  const intake = createIntake({
    log: kafka,
    events: catalog.events,
    clock: systemClock,
    newId: randomUUID,
    maxInFlightBytes: 64 << 20,
    count: (what, event, n) => events({ what, event }, n),
  })
  const server = await startHttpServer({
    host: config.httpHost,
    port: config.httpPort,
    maxBodyBytes: config.maxBodyBytes,
    routes: [
      ...intakeRoutes(intake),
      { method: 'GET', path: '/health', handle: () => ({ status: 200, body: { status: 'ok' } }) },
      {
        method: 'GET',
        path: '/metrics',
        handle: async () => ({
          status: 200,
          headers: { 'content-type': metrics.contentType },
          body: await metrics.text(),
        }),
      },
    ],
    log,
  })
  log.info(`takes events at ${server.url}/events/:event`)
  return {
    stop: async () => {
      await server.stop()
      await kafka.close()
    },
  }
})
