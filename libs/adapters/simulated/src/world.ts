import {
  createMemoryEventLog,
  createMemoryStateStore,
  createMemoryWorkerRegistry,
  type MemoryEventLog,
  type MemoryStateStore,
} from '@tidewater/adapter-memory'
import { openLake } from '@tidewater/adapter-lake'
import { compileView } from '@tidewater/plan'
import type { Clock, LogRecord, StateStore, TopicPartition, WorkerRegistry } from '@tidewater/ports'
import { createRandom, createVirtualTime, type Random, type VirtualTime } from '@tidewater/testing'
import type { Catalog } from 'tidewater'
import { createDisk, type Disk } from './disk.ts'
import { createJobServer, type JobServer } from './job-server.ts'
import { linkLog, type LogLink } from './log-link.ts'
import { CALM, Process, type Network } from './process.ts'
import { lineWriter } from './row-files.ts'
import { rowTables, type RawRows } from './row-tables.ts'
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
  readonly store: MemoryStateStore
  readonly storeSeen: StateStore
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

export interface WorldOptions {
  /** Hears of every record the log takes. */
  readonly took?: (place: TopicPartition, record: LogRecord) => void
  /** What processes reach in place of the store. */
  readonly storeSeen?: (store: StateStore) => StateStore
}

export const createWorld = (seed: number, { took, storeSeen }: WorldOptions = {}): World => {
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
  const store = createMemoryStateStore()
  const world: World = {
    ...{ time, random, network, clock, nonce },
    log: createMemoryEventLog(clock, took),
    store,
    storeSeen: storeSeen?.(store) ?? store,
    disk: createDisk(random, clock.now),
    shelf: createShelf(),
    tables: new Map(),
    jobs: createJobServer(time),
    process: (name) => host(world, registry, living, name),
  }
  return world
}

const host = (world: World, registry: WorkerRegistry, living: Set<number>, name: string): Host => {
  const { time } = world
  const process = new Process(world, name)
  const pid = Number.parseInt(world.nonce(), 16)
  living.add(pid)
  const log = linkLog(world.log, process, time)
  return {
    process,
    pid,
    log,
    ports: (definitions) => portsOf(world, registry, living, { process, pid, log }, definitions),
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
  registry: WorkerRegistry,
  living: ReadonlySet<number>,
  { process, pid, log }: Pick<Host, 'process' | 'pid' | 'log'>,
  definitions: Definitions,
) => {
  const { disk, shelf, random, nonce } = world
  const lake = await openLake('/lake', {
    files: disk.files(process),
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
    store: linkStore(world.storeSeen, process, random),
    registry: linkRegistry(registry, process),
    jobs: world.jobs.link(process),
    writer: lineWriter(disk, process),
    warehouses: [rowWarehouse(definitions, shelf, disk, process, () => random.int(10, BUILD_MS))],
    batch: rowReader(definitions, shelf, disk, process, lake),
    presenter: rowPresenter(definitions, disk, process, lake),
    raw: rowTables(world.tables, disk, process),
    letOthersRun: () => Promise.resolve(),
  }
}

const linkRegistry = (registry: WorkerRegistry, process: Process): WorkerRegistry => ({
  announce: (worker, ttlMs) => process.call('sent once', () => registry.announce(worker, ttlMs)),
  leave: (name) => process.call('sent once', () => registry.leave(name)),
  workers: () => process.call('sent once', () => registry.workers()),
})
