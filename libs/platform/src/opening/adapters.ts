import { openBullmqJobQueue } from '@tidewater/adapter-bullmq'
import { createDeadTable, createRawTables, openClickhouse } from '@tidewater/adapter-clickhouse'
import { openArchivedLog, openArchivePresenter, openParquetWriter } from '@tidewater/adapter-duckdb'
import { openKafkaLog } from '@tidewater/adapter-kafka'
import { openLake } from '@tidewater/adapter-lake'
import { createRedisStateStore, createRedisWorkerRegistry } from '@tidewater/adapter-redis'
import { eventTopics } from '@tidewater/engine-ingest'
import type { Clock, EventLog, JobQueue, Lake, Nonce, StateStore } from '@tidewater/ports'
import type { Timers, WorkerRegistry } from '@tidewater/ports'
import type { ArchivePartPorts } from '../parts/archive-part.ts'
import type { BatchPartPorts } from '../parts/batch-part.ts'
import type { ServingPartPorts } from '../parts/serving-part.ts'
import type { SpeedPartPorts } from '../parts/speed-part.ts'
import { openBatchReader, openWarehouses } from './engines.ts'
import { DUCKDB_SHARE, ownPorts } from './own-ports.ts'
import type { Opening } from './run-part.ts'

interface LogPorts {
  readonly log: EventLog
  readonly clock: Clock
  readonly nonce: Nonce
}

/** Kafka, with a topic for every event of the catalog. */
export const openLog = async (opening: Opening): Promise<LogPorts> => {
  const { ensureTopics, ...ports } = connectLog(opening)
  await ensureTopics()
  return ports
}

/** Kafka as it will be found when it is asked, and how to make the topics then. */
const connectLog = ({
  settings,
  closing,
}: Opening): LogPorts & { readonly ensureTopics: () => Promise<void> } => {
  const { name, log: own, catalog, kafkaBrokers: brokers, partitions, retentionMs } = settings
  const onLog = (level: 'warn' | 'error', message: string, fields: object): void =>
    own[level](message, fields)
  const log = closing(openKafkaLog({ brokers, clientId: name, onLog }))
  const kept = { partitions, retentionMs: retentionMs ?? -1 }
  const ensureTopics = (): Promise<void> => log.ensureTopics(eventTopics(catalog.events.values(), kept))
  return { ...ownPorts, log, ensureTopics }
}

interface SharedPorts {
  readonly log: EventLog
  readonly store: StateStore
  readonly registry: WorkerRegistry
  readonly lake: Lake
  readonly clock: Clock
  readonly timers: Timers
  readonly nonce: Nonce
  readonly letOthersRun: () => Promise<void>
}

/** What every worker shares with the others: the log, the state, the registry and the lake. */
const openShared = async (opening: Opening): Promise<SharedPorts> =>
  openBeside(opening, (await openLog(opening)).log)

const openBeside = async ({ settings, closing }: Opening, log: EventLog): Promise<SharedPorts> => {
  const { redisUrl, lakeDir, log: own } = settings
  const store = await createRedisStateStore({ url: redisUrl, warn: (sentence) => own.warn(sentence) })
  const registry = await createRedisWorkerRegistry(redisUrl)
  return {
    ...ownPorts,
    log,
    store: closing(store),
    registry: closing(registry),
    lake: await openLake(lakeDir),
  }
}

export const openSpeedPorts = async (opening: Opening): Promise<SpeedPartPorts> => {
  const shared = await openShared(opening)
  const { catalog } = opening.settings
  return {
    ...shared,
    archived: opening.closing(openArchivedLog({ lake: shared.lake, catalog, ...ONE_THREAD })),
  }
}

/** One entry at a time is small; more threads hold more and are no faster. */
const ONE_THREAD = { threads: 1, memoryLimit: '256MB' }

export const openArchivePorts = async (opening: Opening): Promise<ArchivePartPorts> => {
  const { settings, closing } = opening
  const shared = await openShared(opening)
  const writer = closing(await openParquetWriter(ONE_THREAD))
  const { clickhouseUrl: url } = settings
  if (url === null) return { ...shared, writer, raw: null, deadTable: null }
  const clickhouse = openClickhouse({ url })
  return {
    ...shared,
    writer,
    raw: closing(createRawTables(clickhouse)),
    deadTable: createDeadTable(clickhouse),
  }
}

export const openServingPorts = async (opening: Opening): Promise<ServingPartPorts> => {
  const { settings, closing } = opening
  // Questions do not need the log, so neither does the start.
  const { log, ensureTopics } = connectLog(opening)
  const shared = await openBeside(opening, log)
  const batch = closing(openBatchReader(settings, settings.catalog, shared.lake))
  return { ...shared, ensureTopics, batch, jobs: closing(openJobs(opening)) }
}

export const openBatchPorts = async (opening: Opening): Promise<BatchPartPorts> => {
  const { settings, closing } = opening
  const { catalog } = settings
  const shared = await openShared(opening)
  const { lake } = shared
  const warehouses = (await openWarehouses(settings, catalog, lake)).map(closing)
  const writer = closing(await openParquetWriter(DUCKDB_SHARE))
  const presenter = closing(await openArchivePresenter(lake, catalog, DUCKDB_SHARE))
  const batch = closing(openBatchReader(settings, catalog, lake))
  // The part closes its queue itself, before all else.
  return { ...shared, warehouses, writer, presenter, batch, jobs: openJobs(opening) }
}

const openJobs = ({ settings: { queueRedisUrl: url, log } }: Opening): JobQueue =>
  openBullmqJobQueue({ url, trouble: (error) => log.warn('the job queue is in trouble', { error }) })
