import {
  createMemoryEventLog,
  createMemoryStateStore,
  createMemoryWorkerRegistry,
  type MemoryEventLog,
  type MemoryStateStore,
} from '@tidewater/adapter-memory'
import { openLake } from '@tidewater/adapter-lake'
import { compileView } from '@tidewater/plan'
import type {
  ArchivedLog,
  ArchivePresenter,
  BatchReader,
  Clock,
  FileStore,
  Lake,
  LogRecord,
  ParquetWriter,
  RawTables,
  StateStore,
  TopicPartition,
  Warehouse,
  WorkerRegistry,
} from '@tidewater/ports'
import { createRandom, type Random } from '../random.ts'
import { createVirtualTime, type VirtualTime } from '../virtual-time.ts'
import type { Catalog } from 'tidewater'
import { createDisk, type Disk } from './disk.ts'
import { createJobServer, type JobServer } from './job-server.ts'
import { linkLog, type LogLink } from './log-link.ts'
import { CALM, Process, type Network } from './process.ts'
import { lineWriter } from './row-files.ts'
import { rowTables, type RawRows } from './row-tables.ts'
import { rowLog } from './row-log.ts'
import { rowPresenter, rowReader } from './row-reader.ts'
import type { Definitions } from './row-states.ts'
import { createShelf, rowWarehouse, type Shelf } from './row-warehouse.ts'
import { linkStore } from './store-link.ts'

/** Everything outside the platform's processes: servers and disks in memory, under one virtual time. */
export interface World {
  readonly time: VirtualTime
  readonly random: Random
  readonly network: Network
  /** The brokers' clock; the wall clocks of all processes follow it. */
  readonly clock: Clock & { step(ms: number): void }
  readonly log: MemoryEventLog
  readonly store: LosableStore
  readonly disk: Disk
  readonly shelf: Shelf
  readonly tables: RawRows
  readonly jobs: JobServer
  readonly nonce: () => string
  /** A new process; `kill` and `freeze` also make its groups go on without it after a while. */
  process(name: string): Host
}

/** A process with its connections. */
export interface Host {
  readonly process: Process
  readonly pid: number
  readonly log: LogLink
  /** Everything a part of the platform may ask for, with the definitions it was started on. */
  ports(definitions: Definitions): Promise<HostPorts>
  kill(): void
  freeze(ms: number): void
}

/** A catalog with its views compiled. */
export const definitionsOf = (catalog: Catalog): Definitions => ({
  catalog,
  machines: new Map([...catalog.views.values()].map((view) => [view.name, compileView(view, catalog)])),
})

const EPOCH = Date.UTC(2026, 0, 1, 6)
/** A JavaScript warehouse takes its time too. */
const BUILD_MS = 1_500

/** The state store, and what happens to it. */
export interface LosableStore {
  /** What processes reach. */
  readonly seen: StateStore
  /** Keeps what is stored now; the answer takes the store back to it, as losing the tail of a journal does. */
  keep(): Promise<() => Promise<void>>
  lose(): Promise<void>
}

/** A store in memory, as a server of the world. */
export const losable = (store: MemoryStateStore): LosableStore => ({
  seen: store,
  keep: async () => {
    const kept = store.snapshot()
    return async () => store.restore(kept)
  },
  lose: async () => store.restore({ partitions: new Map(), pointer: null }),
})

export interface WorldOptions {
  /** Hears of every record the log takes. */
  readonly took?: (place: TopicPartition, record: LogRecord) => void
  /** Another store than one in memory. */
  readonly store?: (time: VirtualTime) => LosableStore
  /** A fault between the processes and the store. */
  readonly planted?: (store: StateStore) => StateStore
  /** Other disks and SQL engines than those in memory. */
  readonly engines?: (world: World) => Engines
}

/** Where the lake's files are and what computes over them, for any process. */
export interface Engines {
  /** The lake's directory. */
  readonly root: string
  files(process: Process): FileStore
  open(process: Process, definitions: Definitions, lake: Lake): Promise<EnginePorts>
}

export interface EnginePorts {
  readonly writer: ParquetWriter
  readonly warehouses: readonly Warehouse[]
  readonly batch: BatchReader
  readonly presenter: ArchivePresenter
  readonly archived: ArchivedLog
  readonly raw: RawTables | null
}

export const createWorld = (
  seed: number,
  {
    took,
    store: open = () => losable(createMemoryStateStore()),
    planted = (store) => store,
    engines = rowEngines,
  }: WorldOptions = {},
): World => {
  const random = createRandom(seed)
  const time = createVirtualTime(random)
  let stepped = 0
  const clock = {
    now: () => EPOCH + stepped + Math.floor(time.now()),
    elapsed: () => time.now(),
    step: (ms: number) => void (stepped += ms),
  }
  const network = { ...CALM }
  let names = 0
  const nonce = (): string => `${(++names).toString(16).padStart(12, '0')}`
  const living = new Set<number>()
  const registry = createMemoryWorkerRegistry(clock)
  const store = open(time)
  const world: World = {
    ...{ time, random, network, clock, nonce },
    log: createMemoryEventLog(clock, took),
    store: { ...store, seen: planted(store.seen) },
    disk: createDisk(random, clock.now),
    shelf: createShelf(),
    tables: new Map(),
    jobs: createJobServer(time),
    process: (name) => host(world, engines(world), registry, living, name),
  }
  return world
}

const host = (
  world: World,
  engines: Engines,
  registry: WorkerRegistry,
  living: Set<number>,
  name: string,
): Host => {
  const { time } = world
  const process = new Process(world, name)
  const pid = Number.parseInt(world.nonce(), 16)
  living.add(pid)
  const log = linkLog(world.log, process, time)
  return {
    process,
    pid,
    log,
    ports: (definitions) => portsOf(world, engines, registry, living, { process, pid, log }, definitions),
    kill: () => {
      process.kill()
      living.delete(pid)
    },
    freeze: (ms) => {
      process.freeze()
      time.after(ms, () => process.thaw())
    },
  }
}

export type HostPorts = Awaited<ReturnType<typeof portsOf>>

const portsOf = async (
  world: World,
  engines: Engines,
  registry: WorkerRegistry,
  living: ReadonlySet<number>,
  { process, pid, log }: Pick<Host, 'process' | 'pid' | 'log'>,
  definitions: Definitions,
) => {
  const { random, nonce } = world
  const lake = await openLake(engines.root, {
    files: engines.files(process),
    clock: process.clock,
    nonce,
    name: 'host',
    pid,
    isAlive: (other) => living.has(other),
  })
  return {
    log,
    lake,
    nonce,
    clock: process.clock,
    timers: process.timers,
    store: linkStore(world.store.seen, process, random),
    registry: linkRegistry(registry, process),
    jobs: world.jobs.link(process),
    letOthersRun: () => Promise.resolve(),
    ...(await engines.open(process, definitions, lake)),
  }
}

/** Lines in place of Parquet and JavaScript in place of SQL, on the world's own disk: many times faster. */
const rowEngines = ({ disk, shelf, tables, random }: World): Engines => ({
  root: '/lake',
  files: (process) => disk.files(process),
  open: async (process, definitions, lake) => ({
    writer: lineWriter(disk, process),
    warehouses: [rowWarehouse(definitions, shelf, disk, process, () => random.int(10, BUILD_MS))],
    batch: rowReader(definitions, shelf, disk, process, lake),
    archived: rowLog(definitions.catalog, disk, process, lake),
    presenter: rowPresenter(definitions, disk, process, lake),
    raw: rowTables(tables, disk, process),
  }),
})

const linkRegistry = (registry: WorkerRegistry, process: Process): WorkerRegistry => ({
  announce: (worker, ttlMs) => process.call('sent once', () => registry.announce(worker, ttlMs)),
  leave: (name) => process.call('sent once', () => registry.leave(name)),
  workers: () => process.call('sent once', () => registry.workers()),
})
