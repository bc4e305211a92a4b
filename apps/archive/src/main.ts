import { createRawTables, openClickhouse } from '@tidewater/adapter-clickhouse'
import { openParquetWriter } from '@tidewater/adapter-duckdb'
import { openKafkaLog } from '@tidewater/adapter-kafka'
import { openLake } from '@tidewater/adapter-lake'
import { createRedisStateStore, createRedisWorkerRegistry } from '@tidewater/adapter-redis'
import { ENTRY_LIMITS, runArchive } from '@tidewater/engine-archive'
import { eventTopics } from '@tidewater/engine-ingest'
import {
  createLog,
  loadCatalog,
  loadConfig,
  runUntilStopped,
  systemClock,
  systemTimers,
} from '@tidewater/runtime'
import { archivedEvents } from './archived-events.ts'

/** Copies the log into the lake, and the lake's entries into ClickHouse; dead records into the dead topics. */
const config = loadConfig()
const name = config.workerName ?? `archive-${process.pid}`
const log = createLog('archive', config.logLevel)

runUntilStopped(log, async () => {
  const catalog = await loadCatalog({ dirs: config.pipelinesDirs, only: config.pipelinesOnly })
  const kafka = openKafkaLog({
    brokers: config.kafkaBrokers,
    clientId: name,
    onLog: (level, message, fields) => log[level](message, fields),
  })
  const retentionMs = config.retentionMs ?? -1
  await kafka.ensureTopics(
    eventTopics(catalog.events.values(), { partitions: config.partitions, retentionMs }),
  )
  const store = await createRedisStateStore({ url: config.redisUrl, warn: (sentence) => log.warn(sentence) })
  const registry = await createRedisWorkerRegistry(config.redisUrl)
  const writer = await openParquetWriter({ threads: 2, memoryLimit: '1GB' })
  const { clickhouseUrl: url } = config
  const raw = url === null ? null : createRawTables(openClickhouse({ url }))
  const lake = await openLake(config.lakeDir)
  const archive = await runArchive(
    { log: kafka, lake, writer, store, raw, registry, clock: systemClock, timers: systemTimers },
    {
      name,
      pid: process.pid,
      events: archivedEvents(catalog),
      limits: { ...ENTRY_LIMITS, ms: config.archiveEveryMs },
      warn: (sentence, cause) => log.warn(sentence, cause === null ? {} : { error: cause }),
    },
  )
  log.info(`archives ${catalog.events.size} events into ${config.lakeDir}`)
  return {
    done: archive.done,
    stop: async () => {
      await archive.stop()
      await Promise.all([writer.close(), raw?.close(), registry.close(), store.close(), kafka.close()])
    },
  }
})
