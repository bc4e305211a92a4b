import { PlatformError } from '@tidewater/base'
import { type GenerationRecord, type JobProgress, type TopicPartition } from '@tidewater/ports'
import { cutOf, ensureGenesis } from '@tidewater/seam'
import { topicOf } from 'tidewater'
import { awaitApplied, awaitArchive } from './await-offsets.ts'
import { placesOf, type BatchOptions, type BatchPorts } from './batch-ports.ts'
import { compact } from './compact.ts'
import { heldViews } from './held-views.ts'
import { planGeneration, publishedFileOf } from './plan-generation.ts'
import { isMadeOfAll } from './plan-step.ts'
import { publishGeneration } from './publish-generation.ts'
import { rebuildLost, recompute } from './recompute.ts'
import { retireGenerations } from './retire-generations.ts'
import { stillStand } from './still-stand.ts'
import { headersOf, nothingMoved, takeCut, type Cut } from './take-cut.ts'
import { withMissed } from './with-missed.ts'

export interface GenerationRequest {
  /** 'end': first wait until the speed layer has applied what the log holds now. 'now': cut where it stands. */
  readonly through: 'end' | 'now'
  /** How long to wait for the speed layer or the archive without seeing it move, ms. */
  readonly patienceMs: number
}

export type GenerationResult =
  | { readonly kind: 'published'; readonly generation: GenerationRecord }
  /** Nothing was applied since the newest generation. */
  | { readonly kind: 'skipped'; readonly generation: GenerationRecord }
  /** Another worker published this number, or a higher one. */
  | { readonly kind: 'superseded' }

type Report = (progress: JobProgress) => void

const ATTEMPTS = 5
const APPLY_PATIENCE_MS = 15_000

/**
 * One generation: cut → archived → compacted → recomputed → durable → published → retired. Whatever ends it half-way, the
 * next run takes up the recorded cut or publishes what is durable (C3, C4); leftovers carry an id nobody uses again.
 */
export const runGeneration = async (
  ports: BatchPorts,
  options: BatchOptions,
  request: GenerationRequest,
  report: Report,
): Promise<GenerationResult> => {
  const places = await placesOf(ports.log, options.catalog)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    report({ step: 'cut', fraction: 0 })
    const newest = await publishNewest(ports, options, places)
    if (attempt === 0 && request.through === 'end')
      await awaitApplied(ports, places, Math.min(request.patienceMs, APPLY_PATIENCE_MS))
    const current = Object.fromEntries(
      [...options.machines].map(([view, machine]) => [view, machine.fingerprint]),
    )
    if (newest !== null && nothingMoved(places, await headersOf(ports, places), newest, current)) {
      await retireGenerations(ports, options, places, newest)
      return { kind: 'skipped', generation: newest }
    }
    const taken = await takeCut(ports, places, newest)
    if (taken.kind === 'again') continue
    const built = await buildGeneration(ports, options, request, places, taken.cut, report)
    if (built === 'moved') continue
    if (built === 'superseded') return { kind: 'superseded' }
    report({ step: 'publish', fraction: 0 })
    const published = await publishGeneration(ports, options, places, built, (fraction) =>
      report({ step: 'publish', fraction }),
    )
    if (published.kind === 'dropped' || published.kind === 'passed') continue
    if (published.kind === 'superseded') return { kind: 'superseded' }
    report({ step: 'retire', fraction: 0 })
    await retireGenerations(ports, options, places, built)
    return { kind: 'published', generation: built }
  }
  throw new PlatformError(
    'NOT_READY',
    'the store changed under every attempt to cut a generation',
    'run it again',
  )
}

/** The newest durable generation, after making sure that the store points to it; a contradicted one is dropped first. */
export const publishNewest = async (
  ports: BatchPorts,
  options: BatchOptions,
  places: readonly TopicPartition[],
): Promise<GenerationRecord | null> => {
  for (;;) {
    const newest = (await ports.lake.generations()).at(-1) ?? null
    if (newest === null) {
      await ensureGenesis(ports, places, null)
      return null
    }
    await rebuildLost(ports, options, newest)
    const result = await publishGeneration(ports, options, places, newest, () => undefined)
    if (result.kind !== 'dropped') return newest
  }
}

/** `superseded`: another worker was first with this number. `moved`: it compacted and retired what this one was to read. */
const buildGeneration = async (
  ports: BatchPorts,
  options: BatchOptions,
  request: GenerationRequest,
  places: readonly TopicPartition[],
  cut: Cut,
  report: Report,
): Promise<GenerationRecord | 'superseded' | 'moved'> => {
  report({ step: 'archive', fraction: 0 })
  await awaitArchive(ports, cut.cuts, request.patienceMs)
  report({ step: 'compact', fraction: 0 })
  for (const event of options.catalog.events.values())
    await compact(ports, event, (partition) => cutOf(cut, { topic: topicOf(event.name), partition }))
  const headers = await headersOf(ports, places)
  const cuts = [...cut.cuts, ...(await unseenCuts(ports, options, cut))]
  const made = { number: cut.number, cuts, builtAt: ports.clock.now() }
  const from = isMadeOfAll(cut.number) ? null : ((await ports.lake.generations()).at(-1) ?? null)
  const { plan, files } = await planGeneration(ports, options, made, from)
  const built = await recompute(ports, options, plan, report).catch(async (error: unknown) => {
    if (await stillStand(ports.lake, [...options.catalog.events.keys()].map(topicOf), files)) throw error
    return null
  })
  if (built === null) return 'moved'
  const { engines, keyless } = built
  const record: GenerationRecord = {
    number: plan.number,
    id: plan.id,
    builtAt: plan.builtAt,
    cuts: await withMissed(ports.lake, plan.cuts),
    fingerprints: heldViews(options.machines, places, headers, cut),
    keyless,
    duckdbFile: engines.has('duckdb') ? publishedFileOf(plan.id) : null,
    clickhouse: engines.has('clickhouse'),
    from: plan.step?.id ?? null,
    files,
  }
  return (await ports.lake.addGeneration(record)) === 'added' ? record : 'superseded'
}

/** Events without a view have no state and no seam: analysts see what is archived of them. */
const unseenCuts = async (
  ports: BatchPorts,
  options: BatchOptions,
  cut: Cut,
): Promise<GenerationRecord['cuts']> => {
  const cuts: { topic: string; partition: number; cut: number }[] = []
  for (const topic of [...options.catalog.events.keys()].map(topicOf)) {
    if (cut.cuts.some((other) => other.topic === topic)) continue
    const ends = new Map((await ports.lake.entries(topic)).map((entry) => [entry.partition, entry.next]))
    for (const [partition, next] of ends) cuts.push({ topic, partition, cut: next })
  }
  return cuts
}
