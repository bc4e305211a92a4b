import type { GenerationRecord, JobProgress } from '@tidewater/ports'
import type { BatchWorkerOptions, BatchWorkerPorts } from './batch-ports.ts'
import { reconcile } from './reconcile.ts'
import type { ReconcileResult } from './reconcile-result.ts'
import { runGeneration, type GenerationRequest, type GenerationResult } from './run-generation.ts'
import { warnIfAway } from './store-failure.ts'

/** What a 'generation' job answers. */
export interface GenerationOutcome {
  readonly kind: GenerationResult['kind']
  /** The newest generation afterwards. */
  readonly generation: GenerationRecord | null
  readonly reconciled: ReconcileResult | null
}

export type BatchCounters = Record<
  | 'generations_published'
  | 'generations_skipped'
  | 'generations_failed'
  | 'reconciled_keys'
  | 'reconcile_mismatches',
  number
>

type Report = (progress: JobProgress) => void

/** The batch worker's two jobs; `counters` are theirs to raise. */
export const createBatchJobs = (
  ports: BatchWorkerPorts,
  options: BatchWorkerOptions,
  counters: BatchCounters,
) => {
  const newestOf = async (): Promise<GenerationRecord | null> =>
    (await ports.lake.generations()).at(-1) ?? null
  const readBack = async (
    record: GenerationRecord | null,
    report: Report,
  ): Promise<ReconcileResult | null> => {
    if (ports.reconciling === null) return null
    const result = await reconcile(ports.reconciling, [...options.machines.values()], report)
    const mismatched = result.mismatched + result.missing + result.extra
    counters.reconciled_keys += result.checked
    counters.reconcile_mismatches += mismatched
    if (record !== null) await note(ports, options, record, { checked: result.checked, mismatched })
    if (mismatched > 0)
      options.warn(`reconcile found ${mismatched} of ${result.checked} groups that differ`, result.first)
    return result
  }
  /** A worker that died after publishing left its generation unread: then the next one reads it back. */
  const isUnread = async (result: GenerationResult): Promise<boolean> =>
    result.kind === 'published' ||
    (result.kind === 'skipped' && !(await ports.lake.reconcileNotes()).has(result.generation.id))
  const generation = async (input: unknown, report: Report): Promise<GenerationOutcome> => {
    const result = await runGeneration(ports, options, requestOf(input), report).catch((error: unknown) => {
      counters.generations_failed++
      options.warn('no new generation this time; the last one stays', error)
      throw error
    })
    counters.generations_published += Number(result.kind === 'published')
    counters.generations_skipped += Number(result.kind === 'skipped')
    const newest = result.kind === 'superseded' ? await newestOf() : result.generation
    if (!(await isUnread(result))) return { kind: result.kind, generation: newest, reconciled: null }
    // A generation that cannot be read back at once is published all the same; the next reconcile looks at it.
    const reconciled = await readBack(newest, report).catch((error: unknown) => {
      warnIfAway(options, 'the new generation could not be reconciled')(error)
      return null
    })
    return { kind: result.kind, generation: newest, reconciled }
  }
  return { generation, reconcile: async (report: Report) => readBack(await newestOf(), report) }
}

const note = async (
  ports: BatchWorkerPorts,
  options: BatchWorkerOptions,
  record: GenerationRecord,
  found: { readonly checked: number; readonly mismatched: number },
): Promise<void> => {
  await ports.lake.noteReconcile(record.id, { ...found, at: ports.clock.now() })
  for (const warehouse of ports.warehouses)
    await warehouse
      .showNotes()
      .catch(warnIfAway(options, `${warehouse.name} does not show the reconcile yet`))
}

const PATIENCE_MS = 120_000

/** Scheduled jobs carry no input and cut where the speed layer stands; somebody who asks means everything sent so far. */
const requestOf = (input: unknown): GenerationRequest => ({
  through: input === null ? 'now' : 'end',
  patienceMs: PATIENCE_MS,
})
