import { openArchivePresenter } from '@tidewater/adapter-duckdb'
import { awaitArchive, runBatch, type BatchWorkerPorts } from '@tidewater/engine-batch'
import { compileView } from '@tidewater/plan'
import type { ServingReader } from '@tidewater/ports'
import type { Catalog } from 'tidewater'

export interface StartBatchOptions {
  readonly name: string
  readonly pid: number
  readonly catalog: Catalog
  /** ms; null: generations on demand only. */
  readonly everyMs: number | null
  readonly warn: (sentence: string, cause: unknown) => void
}

const PATIENCE_MS = 60_000

/** A batch worker over any adapters; `serving` is what its generations are reconciled through. */
export const startBatch = async (
  ports: Omit<BatchWorkerPorts, 'reconciling'>,
  serving: ServingReader,
  options: StartBatchOptions,
): Promise<{ stop(): Promise<void> }> => {
  const { catalog } = options
  const archive = await openArchivePresenter(ports.lake, catalog, { threads: 2, memoryLimit: '1GB' })
  const machines = new Map([...catalog.views.values()].map((view) => [view.name, compileView(view, catalog)]))
  const reconciling = {
    serving,
    archive,
    covered: (offsets: Parameters<typeof archive.present>[1]) =>
      awaitArchive(
        ports,
        offsets.map(({ topic, partition, next }) => ({ topic, partition, cut: next })),
        PATIENCE_MS,
      ),
  }
  const batch = await runBatch({ ...ports, reconciling }, { ...options, machines })
  return {
    stop: async () => {
      await batch.stop()
      await archive.close()
    },
  }
}
