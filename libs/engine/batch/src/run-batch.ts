import {
  type GenerationRecord,
  type JobProgress,
  type JobQueue,
  type ReconcileNote,
  type WorkerRegistry,
} from '@tidewater/ports'
import { readPointer } from '@tidewater/seam'
import { placesOf, type BatchOptions, type BatchPorts } from './batch-ports.ts'
import { publishNewest, runGeneration, type GenerationRequest } from './run-generation.ts'
import { reconcile, type ReconcileResult } from './reconcile.ts'
import type { ReconcilePorts } from './reconcile.ts'

export interface BatchWorkerPorts extends BatchPorts {
  readonly jobs: JobQueue
  readonly registry: WorkerRegistry
  /** Null: generations are published without being read back. */
  readonly reconciling: ReconcilePorts | null
}

export interface BatchWorkerOptions extends BatchOptions {
  readonly name: string
  readonly pid: number
  /** How often a generation is built, ms; null: on demand only. */
  readonly everyMs: number | null
}

/** What a 'generation' job answers. */
export interface GenerationOutcome {
  readonly kind: 'published' | 'skipped' | 'superseded'
  /** The newest generation afterwards. */
  readonly generation: GenerationRecord | null
  readonly reconciled: ReconcileResult | null
}

export interface RunningBatch {
  stop(): Promise<void>
}

const ANNOUNCE_EVERY_MS = 5000
const ANNOUNCE_TTL_MS = 15_000
const WATCH_EVERY_MS = 2000
const PATIENCE_MS = 120_000

/** Works the jobs 'generation' and 'reconcile', asks for a generation every so often, and fills a store that was lost. */
export const runBatch = async (
  ports: BatchWorkerPorts,
  options: BatchWorkerOptions,
): Promise<RunningBatch> => {
  const counters = {
    generations_published: 0,
    generations_skipped: 0,
    generations_failed: 0,
    reconciled_keys: 0,
    reconcile_mismatches: 0,
  }
  const work = jobsOf(ports, options, counters)
  const startedAt = ports.clock.now()
  let stopped = false
  const announce = (): void => {
    if (stopped) return
    const worker = {
      name: options.name,
      role: 'batch' as const,
      pid: options.pid,
      startedAt,
      partitions: [],
      counters: { ...counters },
    }
    ports.registry
      .announce(worker, ANNOUNCE_TTL_MS)
      .catch((error: unknown) => options.warn('the worker registry is away', error))
    ports.timers.after(ANNOUNCE_EVERY_MS, announce)
  }
  const shown = await showNewest(ports, options).catch((error: unknown) => {
    options.warn('the newest generation is not shown yet; trying again', error)
    return false
  })
  await ports.jobs.work(async (name, input, progress) =>
    name === 'generation'
      ? work.generation(input, progress)
      : work.reconcile((await ports.lake.generations()).at(-1) ?? null, progress),
  )
  await ports.jobs.schedule('generation', options.everyMs)
  announce()
  const unwatch = watchStore(ports, options, shown)
  return {
    stop: async () => {
      stopped = true
      unwatch()
      await ports.registry.leave(options.name).catch(() => undefined)
    },
  }
}

type Counters = Record<
  | 'generations_published'
  | 'generations_skipped'
  | 'generations_failed'
  | 'reconciled_keys'
  | 'reconcile_mismatches',
  number
>
type Report = (p: JobProgress) => void

const jobsOf = (ports: BatchWorkerPorts, options: BatchWorkerOptions, counters: Counters) => {
  const note = async (record: GenerationRecord, found: ReconcileNote): Promise<void> => {
    await ports.lake.noteReconcile(record.id, found)
    for (const warehouse of ports.warehouses)
      await warehouse
        .showNotes()
        .catch((error: unknown) => options.warn(`${warehouse.name} does not show the reconcile yet`, error))
  }
  const check = async (
    record: GenerationRecord | null,
    progress: Report,
  ): Promise<ReconcileResult | null> => {
    if (ports.reconciling === null) return null
    const result = await reconcile(ports.reconciling, [...options.machines.values()], progress)
    const mismatched = result.mismatched + result.missing + result.extra
    counters.reconciled_keys += result.checked
    counters.reconcile_mismatches += mismatched
    if (record !== null) await note(record, { checked: result.checked, mismatched, at: ports.clock.now() })
    if (mismatched > 0)
      options.warn(`reconcile found ${mismatched} of ${result.checked} groups that differ`, result.first)
    return result
  }
  const generation = async (input: unknown, progress: Report): Promise<GenerationOutcome> => {
    try {
      const result = await runGeneration(ports, options, requestOf(input), progress)
      const newest =
        result.kind === 'superseded' ? ((await ports.lake.generations()).at(-1) ?? null) : result.generation
      counters.generations_published += Number(result.kind === 'published')
      counters.generations_skipped += Number(result.kind === 'skipped')
      // A generation that cannot be read back at once is published all the same; the next reconcile looks at it.
      const reconciled =
        result.kind === 'published' ? await check(result.generation, progress).catch(cannotCheck) : null
      return { kind: result.kind, generation: newest, reconciled }
    } catch (error) {
      counters.generations_failed++
      options.warn('no new generation this time; the last one stays', error)
      throw error
    }
  }
  const cannotCheck = (error: unknown): null => {
    options.warn('the new generation could not be reconciled', error)
    return null
  }
  return { generation, reconcile: check }
}

/** SQL views and the store's pointer follow the lake; false: a warehouse does not show them yet. */
const showNewest = async (ports: BatchWorkerPorts, options: BatchWorkerOptions): Promise<boolean> => {
  const newest = await publishNewest(ports, options, await placesOf(ports.log, options.catalog))
  if (newest !== null) return true
  let shown = true
  for (const warehouse of ports.warehouses) {
    await warehouse.publish(null).catch((error: unknown) => {
      options.warn(`${warehouse.name} has no views yet; trying again`, error)
      shown = false
    })
  }
  return shown
}

/**
 * What is not shown yet is shown later; a store that lost the pointer, or its tail with it, is given the newest generation
 * again. Answers how to stop looking.
 */
const watchStore = (
  ports: BatchWorkerPorts,
  options: BatchWorkerOptions,
  shownAtStart: boolean,
): (() => void) => {
  let shown = shownAtStart
  let stopped = false
  let behind = false
  let highest = 1
  const isBehind = async (): Promise<boolean> => {
    const number = (await readPointer(ports.store))?.number ?? 0
    // The lake is asked only when the pointer fell, so looking costs one small read.
    if (number >= highest) {
      highest = number
      return false
    }
    const newest = (await ports.lake.generations()).at(-1)
    return newest !== undefined && number < newest.number
  }
  const look = async (): Promise<void> => {
    try {
      const now = await isBehind()
      // A worker that is just publishing is given one round to finish.
      if (!shown || (now && behind)) shown = await showNewest(ports, options)
      behind = now
    } catch (error) {
      options.warn('the store cannot be looked at for the moment', error)
    }
    if (!stopped) ports.timers.after(WATCH_EVERY_MS, () => void look())
  }
  ports.timers.after(WATCH_EVERY_MS, () => void look())
  return () => {
    stopped = true
  }
}

/** Scheduled jobs carry no input and cut where the speed layer stands; somebody who asks means everything sent so far. */
const requestOf = (input: unknown): GenerationRequest => ({
  through: input === null ? 'now' : 'end',
  patienceMs: PATIENCE_MS,
})
