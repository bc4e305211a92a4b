import { PlatformError } from '@tidewater/base'
import type { GenerationRecord } from '@tidewater/ports'
import type { Catalog } from 'tidewater'
import { deadMutations, eventNamed } from './dead/dead-resolvers.ts'
import { presentGeneration } from './status.ts'
import type { ServingPorts } from './serving-ports.ts'
import type { Resolver } from './schema/view-resolvers.ts'

const MINUTE = 60_000
/** A full recompute of a long history takes its time; the job goes on when its asker gives up. */
const JOB_DEADLINE_MS = 60 * MINUTE
const MAX_TRACKED = 10_000

const track =
  (ports: ServingPorts, catalog: Catalog): Resolver =>
  async (_source, { event, data }) => {
    const name = event as string
    eventNamed(catalog, name)
    const rows = data as readonly unknown[]
    if (rows.length > MAX_TRACKED)
      throw new PlatformError(
        'LIMIT',
        `data has ${rows.length} events; ${MAX_TRACKED} are allowed`,
        'send several mutations, or POST /events',
        'data',
      )
    return ports.track(name, rows)
  }

/** What a 'generation' job answers, as far as it is shown. */
interface GenerationJob {
  readonly generation?: GenerationRecord | null
}

const runGeneration =
  (ports: ServingPorts): Resolver =>
  async () => {
    const { generation } = ((await ports.jobs.run('generation', {}, { timeoutMs: JOB_DEADLINE_MS })) ??
      {}) as GenerationJob
    ports.pointers.expire()
    const [pointer, notes] = await Promise.all([ports.pointers.fresh(), ports.lake.reconcileNotes()])
    if (generation !== undefined && generation !== null)
      return presentGeneration(generation, pointer?.id ?? null, notes.get(generation.id))
    throw new PlatformError(
      'NOT_READY',
      'another worker is building this generation',
      'ask `generations` in a moment',
    )
  }

const reconcile =
  (ports: ServingPorts): Resolver =>
  async () => {
    const report = (await ports.jobs.run('reconcile', {}, { timeoutMs: JOB_DEADLINE_MS })) as object | null
    if (report !== null) return { building: [], ...report }
    throw new PlatformError(
      'UNAVAILABLE',
      'the batch worker has no archive to compare with',
      'start it with a lake',
    )
  }

/** Anything a mutation may do to the platform, besides what queries answer. */
export const mutationResolvers = (
  ports: ServingPorts,
  catalog: Catalog,
): Readonly<Record<string, Resolver>> => ({
  track: track(ports, catalog),
  runGeneration: runGeneration(ports),
  reconcile: reconcile(ports),
  ...deadMutations(ports, catalog),
})
