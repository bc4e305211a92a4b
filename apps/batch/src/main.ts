import { randomUUID } from 'node:crypto'
import { openBullmqJobQueue } from '@tidewater/adapter-bullmq'
import { openParquetWriter } from '@tidewater/adapter-duckdb'
import { openKafkaLog, type KafkaOptions } from '@tidewater/adapter-kafka'
import { openLake } from '@tidewater/adapter-lake'
import { createRedisStateStore, createRedisWorkerRegistry } from '@tidewater/adapter-redis'
import { openBatchReader } from '@tidewater/app-serving'
import { eventTopics } from '@tidewater/engine-ingest'
import { createServing } from '@tidewater/engine-serving'
import {
  createLog,
  loadCatalog,
  loadConfig,
  runUntilStopped,
  systemClock,
  systemTimers,
} from '@tidewater/runtime'
import { openWarehouses } from './open-warehouses.ts'
import { readingOnly } from './reading-only.ts'
import { startBatch } from './start-batch.ts'

/** Builds, publishes and reconciles generations: on demand and every BATCH_EVERY. */
const config = loadConfig()
const name = config.workerName ?? `batch-${process.pid}`
const log = createLog('batch', config.logLevel)

runUntilStopped(log, async () => {
  const catalog = await loadCatalog({ dirs: config.pipelinesDirs, only: config.pipelinesOnly })
  const onLog: KafkaOptions['onLog'] = (level, message, fields) => log[level](message, fields)
  const kafka = openKafkaLog({ brokers: config.kafkaBrokers, clientId: name, onLog })
  const kept = { partitions: config.partitions, retentionMs: config.retentionMs ?? -1 }
  await kafka.ensureTopics(eventTopics(catalog.events.values(), kept))
  const store = await createRedisStateStore({ url: config.redisUrl, warn: (sentence) => log.warn(sentence) })
  const registry = await createRedisWorkerRegistry(config.redisUrl)
  const lake = await openLake(config.lakeDir)
  const trouble = (error: unknown): void => log.warn('the job queue is in trouble', { error })
  const jobs = openBullmqJobQueue({ url: config.queueRedisUrl, trouble })
  const warehouses = await openWarehouses(config, catalog, lake)
  const writer = await openParquetWriter({ threads: 2, memoryLimit: '1GB' })
  const reader = openBatchReader(config, catalog, lake)
  const shared = { log: kafka, store, lake, registry, jobs, clock: systemClock, nonce: randomUUID }
  const serving = await createServing({ ...shared, ...readingOnly, batch: reader }, catalog)
  const batch = await startBatch({ ...shared, timers: systemTimers, warehouses, writer }, serving.reader, {
    name,
    pid: process.pid,
    catalog,
    everyMs: config.batchEveryMs,
    warn: (sentence, cause) => log.warn(sentence, cause === null ? {} : { error: cause }),
  })
  log.info(`builds generations in ${warehouses.map((engine) => engine.name).join(' and ')}`)
  return {
    stop: async () => {
      await jobs.close()
      await batch.stop()
      await serving.close()
      await Promise.all([...warehouses, writer, reader, registry, store, kafka].map((part) => part.close()))
    },
  }
})
