import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDuckdbBatchReader, openDuckdbWarehouse, openParquetWriter } from '@tidewater/adapter-duckdb'
import { openLake } from '@tidewater/adapter-lake'
import { archivedEvents } from '@tidewater/app-archive'
import { startBatch } from '@tidewater/app-batch'
import { serve } from '@tidewater/app-serving'
import { speedSources } from '@tidewater/app-speed'
import { ENTRY_LIMITS, runArchive } from '@tidewater/engine-archive'
import { eventTopics } from '@tidewater/engine-ingest'
import { runSpeed } from '@tidewater/engine-speed'
import {
  createMemoryEventLog,
  createMemoryJobQueue,
  createMemoryStateStore,
  createMemoryWorkerRegistry,
} from '@tidewater/adapter-memory'
import { systemClock, systemTimers, type Config, type Log } from '@tidewater/runtime'
import type { Catalog } from 'tidewater'
import { keepRunning, type Worker } from './keep-running.ts'

export interface MemoryOptions {
  readonly catalog: Catalog
  /** Host, port, bounds and intervals; addresses of servers are not used. */
  readonly config: Config
  /** An empty directory: the lake, and the generations as DuckDB files. */
  readonly directory: string
  /** The log of a part: 'speed', 'serving'… */
  readonly logOf: (part: string) => Log
}

export interface MemoryPlatform {
  /** 'http://127.0.0.1:4000' */
  readonly url: string
  readonly lakeDir: string
  readonly publishedDir: string
  stop(): Promise<void>
}

/**
 * The whole platform in this process: log, state, jobs and workers in memory, archive and generations in DuckDB.
 * Rejects with a sentence when the port is taken; then nothing is left running.
 */
export const runInMemory = async (options: MemoryOptions): Promise<MemoryPlatform> => {
  const started: (() => Promise<unknown>)[] = []
  const stop = async (): Promise<void> => {
    // Last started, first stopped: nobody may lose what it still needs.
    for (const end of started.splice(0).reverse()) await end()
  }
  try {
    return { ...(await startParts(options, (end) => started.push(end))), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

type OnStop = (end: () => Promise<unknown>) => void

const startParts = async (
  { catalog, config, directory, logOf }: MemoryOptions,
  onStop: OnStop,
): Promise<Omit<MemoryPlatform, 'stop'>> => {
  const lakeDir = join(directory, 'lake')
  const publishedDir = join(directory, 'published')
  const lake = await openLake(lakeDir)
  const writer = await openParquetWriter({ threads: 2, memoryLimit: '1GB' })
  const warehouse = await openDuckdbWarehouse({ directory: publishedDir, catalog, build: 'process' })
  const batch = openDuckdbBatchReader({ directory: publishedDir, lake, catalog })
  onStop(() => Promise.all([writer, warehouse, batch].map((part) => part.close())))
  const log = createMemoryEventLog(systemClock)
  const store = createMemoryStateStore()
  const registry = createMemoryWorkerRegistry(systemClock)
  const jobs = createMemoryJobQueue()
  onStop(() => log.close())
  // Nothing expires: what falls out of the log is nowhere else but in the lake, and both end with this process.
  await log.ensureTopics(
    eventTopics(catalog.events.values(), { partitions: config.partitions, retentionMs: -1 }),
  )
  const ports: Ports = {
    ...{ log, store, registry, jobs, lake, writer, batch, warehouses: [warehouse] },
    ...{ clock: systemClock, timers: systemTimers, nonce: randomUUID },
  }
  onStop(
    (await keepRunning(() => startArchive(ports, catalog, config, logOf('archive')), ports, logOf('archive')))
      .stop,
  )
  onStop(
    (await keepRunning(() => startSpeed(ports, catalog, config, logOf('speed')), ports, logOf('speed'))).stop,
  )
  const { httpHost: host, httpPort: port, maxBodyBytes } = config
  const server = await serve(ports, {
    name: 'serving',
    host,
    port,
    maxBodyBytes,
    catalog,
    log: logOf('serving'),
  })
  onStop(() => server.stop())
  const builder = await startBatch(ports, server.serving.reader, {
    ...{ name: 'batch', pid: process.pid, catalog, everyMs: config.batchEveryMs },
    warn: warnings(logOf('batch')),
  })
  onStop(async () => {
    await Promise.race([jobs.close(), sleep(LONGEST_JOB_MS, undefined, { ref: false })])
    await builder.stop()
  })
  return { url: server.url, lakeDir, publishedDir }
}

type Ports = Parameters<typeof serve>[0] & Parameters<typeof startBatch>[0]

/** Nobody waits longer for a generation that will not survive anyway. */
const LONGEST_JOB_MS = 3_000

const startArchive = (ports: Ports, catalog: Catalog, config: Config, log: Log): Promise<Worker> =>
  runArchive(
    { ...ports, raw: null },
    {
      ...{ name: 'archive', pid: process.pid, events: archivedEvents(catalog) },
      ...{ limits: { ...ENTRY_LIMITS, ms: config.archiveEveryMs }, warn: warnings(log) },
    },
  )

const startSpeed = (ports: Ports, catalog: Catalog, config: Config, log: Log): Promise<Worker> =>
  runSpeed(
    { ...ports, newest: async () => (await ports.lake.generations()).at(-1) ?? null },
    {
      ...{
        name: 'speed',
        pid: process.pid,
        sources: speedSources(catalog),
        commitEveryMs: config.commitEveryMs,
      },
      onAlarm: ({ code, place, message, cure }) =>
        log.error(`${code} ${place.topic}/${place.partition}: ${message}`, { cure }),
    },
  )

const warnings =
  (log: Log) =>
  (sentence: string, cause: unknown): void =>
    log.warn(sentence, cause === null ? {} : { error: cause })
