import type { GenerationPlan, GenerationRecord, LakeEntry } from '@tidewater/ports'
import { cutOf } from '@tidewater/seam'
import { topicOf } from 'tidewater'
import { keyOf, type BatchOptions, type BatchPorts } from './batch-ports.ts'
import { generationId } from './generation-id.ts'
import { sharedViews } from './held-views.ts'
import { planStep } from './plan-step.ts'

/** Name of a generation's DuckDB file below the published directory. */
export const publishedFileOf = (id: string): string => `tidewater-${id}.duckdb`

/**
 * Everything the engines need to compute the generation of these cuts, going on from `from` where that is given; `files` are the
 * lake's names of what it reads. Without an id it gets the one that follows from all this.
 */
export const planGeneration = async (
  ports: Pick<BatchPorts, 'lake'>,
  options: Pick<BatchOptions, 'catalog' | 'machines'>,
  generation: Pick<GenerationRecord, 'number' | 'builtAt' | 'cuts'> &
    Partial<Pick<GenerationRecord, 'id' | 'fingerprints'>>,
  from: GenerationRecord | null,
): Promise<{ readonly plan: GenerationPlan; readonly files: readonly string[] }> => {
  const { number, builtAt, cuts } = generation
  const named: string[] = []
  const files = new Map<string, readonly string[]>()
  const below = new Map<string, readonly LakeEntry[]>()
  const rows = new Map<string, number>()
  const newest = new Map<string, number | null>()
  for (const event of options.catalog.events.keys()) {
    const entries = (await ports.lake.entries(topicOf(event))).filter(
      (entry) => entry.from < cutOf({ cuts }, entry),
    )
    below.set(event, entries)
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
  const id = generation.id ?? generationId(options, { number, cuts, files: named, from: from?.id ?? null })
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
    step: from === null ? null : planStep(ports.lake, options, from, cuts, below),
  }
  return { plan, files: named }
}

const later = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.max(a, b)
