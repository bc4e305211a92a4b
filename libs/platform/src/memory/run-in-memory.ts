import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  openArchivePresenter,
  openDuckdbBatchReader,
  openDuckdbWarehouse,
  openParquetWriter,
} from '@tidewater/adapter-duckdb'
import { openLake } from '@tidewater/adapter-lake'
import {
  createMemoryEventLog,
  createMemoryJobQueue,
  createMemoryStateStore,
  createMemoryWorkerRegistry,
} from '@tidewater/adapter-memory'
import { eventTopics } from '@tidewater/engine-ingest'
import type { JobQueue } from '@tidewater/ports'
import { systemClock, type Config, type Log } from '@tidewater/runtime'
import type { Catalog } from 'tidewater'
import { serve } from '../http/serve.ts'
import { DUCKDB_SHARE, ownPorts } from '../opening/own-ports.ts'
import { runArchivePart, type ArchivePartPorts } from '../parts/archive-part.ts'
import { runBatchPart, type BatchPartPorts } from '../parts/batch-part.ts'
import { runSpeedPart, type SpeedPartPorts } from '../parts/speed-part.ts'
import { keepRunning } from './keep-running.ts'

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
  const ports = await openMemoryPorts({ catalog, config, lakeDir, publishedDir }, onStop)
  const settingsOf = (name: string) => ({ ...config, name, pid: process.pid, catalog, log: logOf(name) })
  for (const [name, run] of [
    ['archive', runArchivePart],
    ['speed', runSpeedPart],
  ] as const) {
    const part = await keepRunning(() => run(ports, settingsOf(name)), ports, logOf(name))
    onStop(() => part.stop())
  }
  const server = await serve(ports, settingsOf('serving'))
  onStop(() => server.stop())
  const builder = await runBatchPart({ ...ports, jobs: endingSoon(ports.jobs) }, settingsOf('batch'))
  onStop(() => builder.stop())
  return { url: server.url, lakeDir, publishedDir }
}

type MemoryPorts = BatchPartPorts & ArchivePartPorts & SpeedPartPorts & { readonly nonce: () => string }

interface MemoryPlace extends Pick<MemoryOptions, 'catalog' | 'config'> {
  readonly lakeDir: string
  readonly publishedDir: string
}

const openMemoryPorts = async (
  { catalog, config, lakeDir, publishedDir }: MemoryPlace,
  onStop: OnStop,
): Promise<MemoryPorts> => {
  const lake = await openLake(lakeDir)
  const writer = await openParquetWriter(DUCKDB_SHARE)
  const warehouse = await openDuckdbWarehouse({ directory: publishedDir, catalog, build: 'process' })
  const batch = openDuckdbBatchReader({ directory: publishedDir, lake, catalog })
  const presenter = await openArchivePresenter(lake, catalog, DUCKDB_SHARE)
  onStop(() => Promise.all([writer, warehouse, batch, presenter].map((part) => part.close())))
  const log = createMemoryEventLog(systemClock)
  onStop(() => log.close())
  // Nothing expires: what falls out of the log is nowhere else but in the lake, and both end with this process.
  const kept = { partitions: config.partitions, retentionMs: -1 }
  await log.ensureTopics(eventTopics(catalog.events.values(), kept))
  return {
    ...{ log, lake, writer, batch, presenter, warehouses: [warehouse], raw: null },
    archived: null,
    store: createMemoryStateStore(),
    registry: createMemoryWorkerRegistry(systemClock),
    jobs: createMemoryJobQueue(),
    ...ownPorts,
  }
}

/** Nobody waits longer for a generation that will not survive anyway. */
const LONGEST_JOB_MS = 3_000

const endingSoon = (jobs: JobQueue): JobQueue => ({
  ...jobs,
  close: () => Promise.race([jobs.close(), sleep(LONGEST_JOB_MS, undefined, { ref: false })]),
})
