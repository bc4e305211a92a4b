import { openKafkaLog } from '@tidewater/adapter-kafka'
import { eventTopics } from '@tidewater/engine-ingest'
import { createLog, loadCatalog, loadConfig, runUntilStopped, startHttpServer } from '@tidewater/runtime'
import { takeEvents } from './take-events.ts'

/** The intake alone, to scale it apart from serving: POST /events/:event into Kafka. */
const config = loadConfig()
const log = createLog('ingest', config.logLevel)

runUntilStopped(log, async () => {
  const catalog = await loadCatalog({ dirs: config.pipelinesDirs, only: config.pipelinesOnly })
  const kafka = openKafkaLog({
    brokers: config.kafkaBrokers,
    clientId: 'ingest',
    onLog: (level, message, fields) => log[level](message, fields),
  })
  const partitions = { partitions: config.partitions, retentionMs: config.retentionMs ?? -1 }
  await kafka.ensureTopics(eventTopics(catalog.events.values(), partitions))
  const server = await startHttpServer({
    host: config.httpHost,
    port: config.httpPort,
    maxBodyBytes: config.maxBodyBytes,
    routes: takeEvents(kafka, catalog),
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
