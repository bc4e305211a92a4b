import { awaitArchive, runBatch } from '@tidewater/engine-batch'
import type { BatchWorkerPorts } from '@tidewater/engine-batch'
import { createServing, type ServingAdapters } from '@tidewater/engine-serving'
import { compileView } from '@tidewater/plan'
import type { ArchivePresenter, OffsetVector } from '@tidewater/ports'
import { judgesOf } from './judge-of.ts'
import { warnTo, type PartSettings } from './part-settings.ts'

export type BatchPartPorts = Omit<BatchWorkerPorts, 'reconciling' | 'log'> &
  Omit<ServingAdapters, 'track' | 'judgeOf'> & {
    /** Recomputes a view from the archive: what the answers are compared with. */
    readonly presenter: ArchivePresenter
  }

export interface BatchPartSettings extends PartSettings {
  /** How often a generation is built, ms; null: on demand only. */
  readonly batchEveryMs: number | null
}

/** How long reconcile waits for the archive to reach the offsets of an answer. */
const ARCHIVE_PATIENCE_MS = 60_000

/**
 * Builds, publishes and reconciles generations: on demand and every `batchEveryMs`. Its stop takes no more jobs, ends
 * the one that runs, and closes the queue.
 */
export const runBatchPart = async (
  ports: BatchPartPorts,
  { name, pid, catalog, log, batchEveryMs }: BatchPartSettings,
): Promise<{ stop(): Promise<void> }> => {
  const machines = new Map([...catalog.views.values()].map((view) => [view.name, compileView(view, catalog)]))
  // Generations are read back the way a user asks: through serving.
  const serving = await createServing({ ...ports, judgeOf: judgesOf(catalog), track: takesNoEvents }, catalog)
  const reconciling = {
    serving: serving.reader,
    archive: ports.presenter,
    covered: (offsets: OffsetVector) =>
      awaitArchive(
        ports,
        offsets.map(({ topic, partition, next }) => ({ topic, partition, cut: next })),
        ARCHIVE_PATIENCE_MS,
      ),
  }
  const batch = await runBatch(
    { ...ports, reconciling },
    { name, pid, catalog, machines, everyMs: batchEveryMs, warn: warnTo(log) },
  )
  log.info(`builds generations in ${ports.warehouses.map((engine) => engine.name).join(' and ')}`)
  return {
    stop: async () => {
      await ports.jobs.close()
      await batch.stop()
      await serving.close()
    },
  }
}

const takesNoEvents = (): Promise<never> => Promise.reject(new Error('a batch worker takes no events'))
