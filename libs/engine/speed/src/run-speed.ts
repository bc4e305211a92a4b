import {
  announceWorker,
  type ArchivedLog,
  type Clock,
  type EventLog,
  type GenerationRecord,
  type Lake,
  type LogReader,
  type LogSubscription,
  type Nonce,
  type StateStore,
  type Timers,
  type TopicPartition,
  type WorkerRegistry,
} from '@tidewater/ports'
import { CacheBudget } from './cache-budget.ts'
import { newCounters, type Counters } from './counters.ts'
import { budgetAlarm } from './alarms.ts'
import { Lane } from './lane.ts'
import { laneArchive, type Refilled } from './lane-archive.ts'
import type { Alarm, LaneArchive, LaneLimits, LanePorts } from './lane-ports.ts'
import type { SpeedSource } from './speed-source.ts'
import { watchBudget } from './state-budget.ts'
import { Task } from './task.ts'
import type { TaskContext } from './task-context.ts'
import { watchStore } from './watch-store.ts'

export interface SpeedPorts {
  readonly log: EventLog
  readonly store: StateStore
  readonly registry: WorkerRegistry
  readonly clock: Clock
  readonly timers: Timers
  readonly nonce: Nonce
  readonly lake: Pick<Lake, 'entries' | 'next'>
  /** What the log no longer has is read back from the lake; null: such a partition stands still. */
  readonly archived: ArchivedLog | null
  /** The newest durable generation, from the lake; null: none yet. */
  readonly newest: () => Promise<GenerationRecord | null>
}

export interface SpeedOptions extends Partial<LaneLimits> {
  /** The worker's name in `status`. */
  readonly name: string
  readonly pid: number
  /** Consumer group; all workers of one platform share it. */
  readonly group?: string
  readonly sources: readonly SpeedSource[]
  /** Bytes of groups kept in memory by this worker; default 64 MiB. */
  readonly cacheBytes?: number
  /** Bytes from which on a group stays a state from step to step; default 4 KiB. */
  readonly largeBytes?: number
  /** Bytes the state store may hold; default: nine tenths of what it says it takes (semantics P5). */
  readonly stateBudgetBytes?: number
  /** Topics whose streams pause first when the store is full, the least important one first; all others follow. */
  readonly pauseFirst?: readonly string[]
  readonly maxBytesPerPartition?: number
  readonly maxWaitMs?: number
  readonly onAlarm?: (alarm: Alarm) => void
  readonly onRefill?: (refilled: Refilled) => void
}

export interface SpeedStatus {
  readonly partitions: readonly {
    readonly place: TopicPartition
    readonly position: number
    readonly lag: number
    readonly halted: string | null
  }[]
  readonly counters: Counters
}

export interface SpeedWorker {
  status(): SpeedStatus
  /** Stores what is applied, leaves the group, resolves when nothing runs any more. */
  stop(): Promise<void>
  /** Rejects with the cause when the log's reader crashes. */
  readonly done: Promise<void>
}

const DEFAULTS: LaneLimits = {
  commitEveryMs: 100,
  commitBehindMs: 2_000,
  maxChanges: 16_384,
  maxUncommitted: 131_072,
  operatorBytes: 256 << 20,
  stepRecords: 4_096,
}
/** A longer run of one partition's records finds its groups in the processor's caches: 1.5 MiB was about a sixth faster than 1 (speed.throughput). */
const LOCAL_BYTES = 3 << 19
/** Some 200,000 groups of an ordinary view. */
const CACHE_BYTES = 64 << 20

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}:${partition}`

/** Keeps the speed part of every view of `sources` up to date with the log, exactly once, until stopped. */
export const runSpeed = async (ports: SpeedPorts, options: SpeedOptions): Promise<SpeedWorker> => {
  const { log } = ports
  const counters = newCounters()
  const lanes = new Map<string, Lane>()
  const reading = Promise.withResolvers<LogSubscription>()
  const fault = Promise.withResolvers<never>()
  const limits: LaneLimits = { ...DEFAULTS, ...definedOf(options) }
  const archive = laneArchive(ports, limits, counters, options.onRefill ?? (() => undefined))
  const lanePorts = lanePortsOf(ports, options, counters, reading.promise, fault.reject, archive)
  const context = contextOf(ports, options, counters)
  const running = await log.read(
    {
      group: options.group ?? 'tidewater.speed',
      topics: options.sources.map((s) => s.topic),
      maxBytesPerPartition: options.maxBytesPerPartition ?? LOCAL_BYTES,
      maxWaitMs: options.maxWaitMs ?? 250,
    },
    readerOf(options.sources, lanes, (place, source) => {
      return new Lane(new Task(place, source, context), limits, lanePorts)
    }),
  )
  reading.resolve(running)
  const announced = announceWorker(
    ports,
    { name: options.name, role: 'speed', pid: options.pid },
    () => ({ partitions: [...lanes.keys()], counters: { ...counters } }),
    { missed: () => void counters.announcements_missed++, broken: fault.reject },
  )
  const unwatch = watchBudget({
    store: ports.store,
    timers: ports.timers,
    bytes: options.stateBudgetBytes ?? null,
    leastImportantFirst: importanceOf(options),
    pause: (topics, used, most) => pauseTopics([...lanes.values()], topics, used, most),
    broken: fault.reject,
  })
  const unlook = watchStore(ports, () => lanes.values(), fault.reject)
  const done = Promise.race([running.done, fault.promise])
  done.catch(() => announced.silence())
  return {
    status: () => ({ partitions: [...lanes.values()].map(statusOf), counters }),
    done,
    stop: async () => {
      announced.silence()
      unwatch()
      unlook()
      await Promise.all([...lanes.values()].map((lane) => lane.flush()))
      await running.stop()
      await Promise.all([...lanes.values()].map((lane) => lane.flush()))
      for (const lane of lanes.values()) lane.close()
      lanes.clear()
      await announced.leave()
    },
  }
}

const importanceOf = ({ sources, pauseFirst = [] }: SpeedOptions): readonly string[] => [
  ...new Set([...pauseFirst, ...sources.map(({ topic }) => topic)]),
]

const pauseTopics = async (
  lanes: readonly Lane[],
  topics: readonly string[],
  used: number,
  most: number,
): Promise<void> => {
  for (const lane of lanes) {
    const { place } = lane.task
    if (topics.includes(place.topic)) await lane.suspend(budgetAlarm(place, used, most))
    else if (lane.state.kind === 'halted' && lane.state.alarm.code === 'STATE_BUDGET') lane.relieve()
  }
}

/** What a lane asks of the log before `read` has answered is done when it has. */
const lanePortsOf = (
  { log, clock, timers }: SpeedPorts,
  { onAlarm }: SpeedOptions,
  counters: Counters,
  reading: Promise<LogSubscription>,
  broken: (error: unknown) => void,
  archive: LaneArchive | null,
): LanePorts => {
  const whenReading = (act: (subscription: LogSubscription) => void): void => {
    reading.then(act).catch(broken)
  }
  return {
    clock,
    timers,
    archive,
    bounds: async ({ topic, partition }) =>
      (await log.bounds(topic)).find((b) => b.partition === partition) ?? { low: 0, high: 0 },
    readFrom: (place, offset) =>
      whenReading((subscription) => {
        subscription.seek(place, offset)
        subscription.resume([place])
      }),
    pause: (place) => whenReading((subscription) => subscription.pause([place])),
    alarm: (alarm) => {
      if (alarm.code !== 'STORE') counters.partitions_halted++
      onAlarm?.(alarm)
    },
    broken,
  }
}

const statusOf = (lane: Lane): SpeedStatus['partitions'][number] => ({
  place: lane.task.place,
  position: lane.task.position,
  lag: lane.lag,
  halted: lane.state.kind === 'halted' ? lane.state.alarm.message : null,
})

const definedOf = (options: SpeedOptions): Partial<LaneLimits> =>
  Object.fromEntries(
    Object.entries(options).filter(([name, value]) => name in DEFAULTS && value !== undefined),
  )

const contextOf = (
  { store, log, nonce, newest }: SpeedPorts,
  options: SpeedOptions,
  counters: Counters,
): TaskContext => {
  const budget = new CacheBudget(options.cacheBytes ?? CACHE_BYTES, options.largeBytes)
  return { store, log, nonce, newest, counters, budget }
}

const readerOf = (
  sources: readonly SpeedSource[],
  lanes: Map<string, Lane>,
  makeLane: (place: TopicPartition, source: SpeedSource) => Lane,
): LogReader => ({
  // Asked again after every rebalance, also while a partition is still being taken for the one before.
  assigned: (owned) =>
    Promise.all(
      owned.map((place) => {
        const source = sources.find((s) => s.topic === place.topic)
        if (source === undefined) throw new Error(`topic ${place.topic} is not one of this worker's`)
        const lane = lanes.get(nameOf(place)) ?? makeLane(place, source)
        lanes.set(nameOf(place), lane)
        return lane.open()
      }),
    ),
  revoked: (lost) => {
    for (const place of lost) {
      lanes.get(nameOf(place))?.close()
      lanes.delete(nameOf(place))
    }
  },
  batch: async (batch, control) => lanes.get(nameOf(batch))?.handle(batch, control),
})
