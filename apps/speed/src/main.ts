import { randomUUID } from 'node:crypto'
import { openKafkaLog } from '@tidewater/adapter-kafka'
import { openLake } from '@tidewater/adapter-lake'
import { createRedisStateStore, createRedisWorkerRegistry } from '@tidewater/adapter-redis'
import { eventTopics } from '@tidewater/engine-ingest'
import { runSpeed } from '@tidewater/engine-speed'
import { createLog, loadCatalog, loadConfig, runUntilStopped } from '@tidewater/runtime'
import { systemClock, systemTimers } from '@tidewater/runtime'
import { speedSources } from './speed-sources.ts'

/** A speed worker: Kafka in, state in Redis. Start as many as there are partitions to share. */
const config = loadConfig()
const log = createLog('speed', config.logLevel)

runUntilStopped(log, async () => {
  const catalog = await loadCatalog({ dirs: config.pipelinesDirs, only: config.pipelinesOnly })
  const kafka = openKafkaLog({
    brokers: config.kafkaBrokers,
    clientId: 'speed',
    onLog: (level, message, fields) => log[level](message, fields),
  })
  const [store, registry, lake] = await Promise.all([
    createRedisStateStore({ url: config.redisUrl, warn: (sentence) => log.warn(sentence) }),
    createRedisWorkerRegistry(config.redisUrl),
    openLake(config.lakeDir),
  ])
  const { partitions, retentionMs } = config
  const topics = eventTopics(catalog.events.values(), { partitions, retentionMs: retentionMs ?? -1 })
  await kafka.ensureTopics(topics)
  const worker = await runSpeed(
    {
      log: kafka,
      store,
      registry,
      clock: systemClock,
      timers: systemTimers,
      nonce: randomUUID,
      newest: async () => (await lake.generations()).at(-1) ?? null,
    },
    {
      name: config.workerName ?? `speed-${process.pid}`,
      pid: process.pid,
      sources: speedSources(catalog),
      commitEveryMs: config.commitEveryMs,
      onAlarm: ({ code, place, message, cure }) =>
        log.error(`${code} ${place.topic}/${place.partition}: ${message}`, { cure }),
    },
  )
  return {
    done: worker.done,
    stop: async () => {
      await worker.stop()
      await Promise.all([kafka.close(), store.close(), registry.close()])
    },
  }
})
