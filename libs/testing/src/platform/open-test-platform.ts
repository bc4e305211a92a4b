import { createMemoryStateStore } from '@tidewater/adapter-memory'
import { must, partitionFor } from '@tidewater/base'
import type { RunningArchive } from '@tidewater/engine-archive'
import { awaitArchive, type GenerationOutcome } from '@tidewater/engine-batch'
import { eventTopics } from '@tidewater/engine-ingest'
import { presentError, type Serving } from '@tidewater/engine-serving'
import type { SpeedWorker } from '@tidewater/engine-speed'
import {
  archivedEvents,
  runArchivePart,
  runBatchPart,
  runServingPart,
  runSpeedPart,
  speedSources,
  type ArchivePartPorts,
  type ArchivePartSettings,
  type ServingPartPorts,
  type SpeedPartSettings,
} from '@tidewater/platform/parts'
import type { OffsetVector, ServedRow } from '@tidewater/ports'
import { silentLog, type Log } from '@tidewater/runtime'
import { readHeaders } from '@tidewater/seam'
import { graphql } from 'graphql'
import { topicOf, type Catalog } from 'tidewater'
import {
  createWorld,
  definitionsOf,
  losable,
  type Engines,
  type World,
  type WorldOptions,
} from '../simulated/index.ts'
import { heldBy } from './held.ts'
import { passingTime } from './passing-time.ts'
import { storedView, type StoredView } from './stored-view.ts'
import { truthAt, type LoggedEvent } from './truth.ts'

export interface TestPlatformOptions {
  readonly catalog: Catalog
  readonly partitions?: number
  /** What the wall clock says at first. */
  readonly startMs?: number
  /** Another lake and other SQL engines than those in memory. */
  readonly engines?: (world: World) => Engines
}

interface Stoppable {
  stop(): Promise<void>
}

/**
 * The platform for tests: the product's own parts on servers in memory and JavaScript engines, in one process that nothing bad
 * happens to. Time passes only while a test waits (`until`, `during`, and all deeds below).
 */
export const openTestPlatform = async ({
  catalog,
  partitions = 2,
  startMs,
  engines,
}: TestPlatformOptions) => {
  const store = createMemoryStateStore()
  const events: LoggedEvent[] = []
  const judges = new Map(archivedEvents(catalog).map(({ event, judge }) => [topicOf(event.name), judge]))
  const took: WorldOptions['took'] = (place, record) => {
    const judged = judges.get(place.topic)?.(record, place)
    if (judged?.kind === 'row')
      events.push({ ...place, offset: record.offset, id: judged.id, row: judged.row })
  }
  const world = createWorld(1, {
    took,
    store: () => losable(store),
    ...(engines === undefined ? {} : { engines }),
  })
  world.network.usualMs = 0
  const { log, nonce } = world
  const time = passingTime(world)
  if (startMs !== undefined) time.setClock(startMs)
  await log.ensureTopics(eventTopics(catalog.events.values(), { partitions, retentionMs: -1 }))
  const places = [...catalog.events.keys()].flatMap((event) =>
    Array.from({ length: partitions }, (_, partition) => ({ topic: topicOf(event), partition })),
  )
  const definitions = definitionsOf(catalog)
  const hosted = await time.during(world.process('platform').ports(definitions))
  const ports = { ...hosted, log, store, clock: time.clock, timers: time.timers }
  const parts = new Set<Stoppable>()
  const started = async <P extends Stoppable>(starting: Promise<P>): Promise<P> => {
    const part = await time.during(starting)
    parts.add(part)
    return part
  }
  /** What the parts say: sentences by level. */
  const said: { readonly warn: string[]; readonly error: string[] } = { warn: [], error: [] }
  const lines: Log = {
    ...silentLog,
    warn: (sentence) => void said.warn.push(sentence),
    error: (sentence) => void said.error.push(sentence),
  }
  const own = { pid: 1, catalog, log: lines }

  const startSpeed = (
    over: Partial<Omit<SpeedPartSettings, 'log'>> = {},
    otherPorts: Partial<typeof ports> = {},
  ): Promise<SpeedWorker> =>
    started(runSpeedPart({ ...ports, ...otherPorts }, { ...own, name: 'speed-1', commitEveryMs: 0, ...over }))
  const startServing = (over: Partial<ServingPartPorts> = {}): Promise<Serving & Stoppable> =>
    started(
      runServingPart({ ...ports, ...over }, { ...own, name: 'serving-1' }).then(({ serving, stop }) => ({
        ...serving,
        stop,
      })),
    )
  /** Ends a part; its last deeds are done. */
  const stop = async (part: Stoppable): Promise<void> => {
    parts.delete(part)
    await time.during(part.stop())
  }
  /** Where the log ends. */
  const ends = async (): Promise<OffsetVector> => {
    const topics = [...new Set(places.map(({ topic }) => topic))]
    const all = await Promise.all(topics.map((topic) => log.bounds(topic)))
    return topics.flatMap((topic, i) =>
      (all[i] ?? []).map(({ partition, high }) => ({ topic, partition, next: high })),
    )
  }
  /** Every record of the log is applied and stored. */
  const settle = (): Promise<void> =>
    time.until(async () => {
      const all = await ends()
      const headers = await readHeaders(store, all)
      return all.every(({ next }, i) => headers[i]?.nextOffset === next)
    })
  /** Appends JSON events, each on the partition of its key. */
  const produce = async (
    name: string,
    ...rows: readonly Readonly<Record<string, unknown>>[]
  ): Promise<void> => {
    const { key } = must(catalog.events.get(name), `event ${name}`)
    const records = rows.map((row) => {
      const value = new TextEncoder().encode(JSON.stringify(row))
      return {
        partition: partitionFor(String(row[key]), partitions),
        key: String(row[key]),
        value,
        headers: {},
      }
    })
    await log.append(topicOf(name), records)
  }

  const machineOf = (view: string) => must(definitions.machines.get(view), `view ${view}`)
  /** What the state store holds of a view now. */
  const stored = async (view: string): Promise<StoredView> =>
    storedView({ store, places: await ends() }, machineOf(view), time.clock.now())
  /** What an exact answer of a view is at these offsets, by adding record after record. */
  const truth = (view: string, offsets: OffsetVector, asOf = time.clock.now()): readonly ServedRow[] =>
    truthAt(events, machineOf(view), offsets, asOf)

  let serving: Promise<Serving> | null = null
  const ask = async <T = Record<string, never>>(source: string, of?: Serving): Promise<T> => {
    const { schema, begin } = of ?? (await (serving ??= startServing()))
    const answering = graphql({ schema, source, contextValue: { operation: begin() } })
    const { data, errors } = await time.during(Promise.resolve(answering))
    const [first] = errors ?? []
    if (first !== undefined)
      throw presentError(first, (cause) => {
        throw cause
      })
    return data as T
  }
  let archiving: Promise<RunningArchive> | null = null
  const startArchive = (
    over: Partial<Omit<ArchivePartSettings, 'log'>> = {},
    otherPorts: Partial<ArchivePartPorts> = {},
  ): Promise<RunningArchive> =>
    (archiving = started(
      runArchivePart({ ...ports, ...otherPorts }, { ...own, name: 'archive-1', archiveEveryMs: 10, ...over }),
    ))
  /** Every record of the log is in the lake. */
  const archive = async (): Promise<void> => {
    await (archiving ??= startArchive())
    const all = await ends()
    await time.during(
      awaitArchive(
        ports,
        all.map(({ next, ...place }) => ({ ...place, cut: next })),
        60_000,
      ),
    )
  }
  let building: Promise<unknown> | null = null
  /** Everything that is applied is archived, built into a generation, published and reconciled. */
  const generate = async (): Promise<GenerationOutcome> => {
    await archive()
    await (building ??= started(runBatchPart(ports, { ...own, name: 'batch-1', batchEveryMs: null })))
    return (await time.during(ports.jobs.run('generation', {}, { timeoutMs: 60_000 }))) as GenerationOutcome
  }
  const close = async (): Promise<void> => {
    for (const part of [...parts].reverse()) await stop(part)
    await log.close()
  }
  return {
    ...time,
    ...{
      world,
      catalog,
      machines: definitions.machines,
      sources: speedSources(catalog),
      places,
      said,
      nonce,
    },
    ...{ log, store, lake: ports.lake, registry: ports.registry, jobs: ports.jobs, ports },
    ...{ startSpeed, startArchive, startServing, stop, settle, produce, ask, archive, generate, close },
    held: heldBy(world.time),
    ...{ events, stored, ends, truth },
  }
}

export type TestPlatform = Awaited<ReturnType<typeof openTestPlatform>>
