import type { GenerationPlan, GenerationRecord } from '@tidewater/ports'
import { topicOf } from 'tidewater'
import { keyOf, type BatchOptions, type BatchPorts } from './batch-ports.ts'
import { generationId } from './generation-id.ts'
import { sharedViews } from './held-views.ts'

/** Name of a generation's DuckDB file below the published directory. */
export const publishedFileOf = (id: string): string => `tidewater-${id}.duckdb`

/** A partition absent from a cut counts as 0 (C1). */
export const cutAt = ({ cuts }: Pick<GenerationRecord, 'cuts'>, topic: string, partition: number): number =>
  cuts.find((cut) => cut.topic === topic && cut.partition === partition)?.cut ?? 0

/**
 * Everything the engines need to compute the generation of these cuts; `files` are the lake's names of what it reads. Without
 * an id it gets the one that follows from all this.
 */
export const planGeneration = async (
  ports: Pick<BatchPorts, 'lake'>,
  options: Pick<BatchOptions, 'catalog' | 'machines'>,
  generation: Pick<GenerationRecord, 'number' | 'builtAt' | 'cuts'> &
    Partial<Pick<GenerationRecord, 'id' | 'fingerprints'>>,
): Promise<{ readonly plan: GenerationPlan; readonly files: readonly string[] }> => {
  const { number, builtAt, cuts } = generation
  const named: string[] = []
  const files = new Map<string, readonly string[]>()
  const rows = new Map<string, number>()
  const newest = new Map<string, number | null>()
  for (const event of options.catalog.events.keys()) {
    const entries = (await ports.lake.entries(topicOf(event))).filter(
      (entry) => entry.from < cutAt({ cuts }, entry.topic, entry.partition),
    )
    const own = entries.flatMap((entry) => (entry.file === null ? [] : [entry.file]))
    named.push(...own)
    files.set(
      event,
      own.map((file) => ports.lake.path(file)),
    )
    for (const entry of entries) {
      const place = keyOf(entry)
      rows.set(place, (rows.get(place) ?? 0) + entry.rows)
      newest.set(place, later(newest.get(place) ?? null, entry.maxEventTime))
    }
  }
  const archived = cuts.map(({ topic, partition }) => ({
    topic,
    partition,
    rows: rows.get(keyOf({ topic, partition })) ?? 0,
  }))
  const earlier = (await ports.lake.generations()).filter((other) => other.number < number)
  const id = generation.id ?? generationId(options, { number, cuts, files: named })
  const plan = {
    number,
    id,
    builtAt,
    views: sharedViews(options.machines, { fingerprints: generation.fingerprints ?? {} }),
    cuts: cuts.map((cut) => ({ ...cut, newest: newest.get(keyOf(cut)) ?? null })),
    files,
    archived,
    earlier,
    notes: await ports.lake.reconcileNotes(),
  }
  return { plan, files: named }
}

const later = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.max(a, b)
