import { randomUUID } from 'node:crypto'
import { openBullmqJobQueue } from '@tidewater/adapter-bullmq'
import { openKafkaLog } from '@tidewater/adapter-kafka'
import { openLake } from '@tidewater/adapter-lake'
import { createRedisStateStore, createRedisWorkerRegistry } from '@tidewater/adapter-redis'
import { eventTopics } from '@tidewater/engine-ingest'
import { createLog, loadCatalog, loadConfig, runUntilStopped, systemClock } from '@tidewater/runtime'
import { openBatchReader } from './open-batch-reader.ts'
import { serve } from './serve.ts'

/** Answers questions by GraphQL and takes events in, on one port. */
const config = loadConfig()
const name = config.workerName ?? `serving-${process.pid}`
const log = createLog('serving', config.logLevel)

runUntilStopped(log, async () => {
  const catalog = await loadCatalog({ dirs: config.pipelinesDirs, only: config.pipelinesOnly })
  const kafka = openKafkaLog({
    brokers: config.kafkaBrokers,
    clientId: name,
    onLog: (level, message, fields) => log[level](message, fields),
  })
  const [store, registry, lake] = await Promise.all([
    createRedisStateStore({ url: config.redisUrl, warn: (sentence) => log.warn(sentence) }),
    createRedisWorkerRegistry(config.redisUrl),
    openLake(config.lakeDir),
  ])
  const jobs = openBullmqJobQueue({
    url: config.queueRedisUrl,
    trouble: (error) => log.warn('the job queue is in trouble', { error }),
  })
  const partitions = { partitions: config.partitions, retentionMs: config.retentionMs ?? -1 }
  await kafka.ensureTopics(eventTopics(catalog.events.values(), partitions))
  const batch = openBatchReader(config, catalog, lake)
  const ports = { log: kafka, store, registry, lake, batch, jobs, clock: systemClock, nonce: randomUUID }
  const server = await serve(ports, {
    name,
    host: config.httpHost,
    port: config.httpPort,
    maxBodyBytes: config.maxBodyBytes,
    catalog,
    log,
  })
  log.info(`answers at ${server.url}/graphql`)
  return {
    stop: async () => {
      await server.stop()
      await Promise.all([jobs.close(), batch.close(), registry.close(), store.close(), kafka.close()])
    },
  }
})
