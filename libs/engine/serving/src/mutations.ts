import { PlatformError, didYouMean } from '@tidewater/base'
import type { Catalog } from 'tidewater'
import { presentGeneration } from './status.ts'
import type { ServingPorts } from './serving-ports.ts'
import type { Resolver } from './schema/view-resolvers.ts'

const MINUTE = 60_000
/** A full recompute of a long history takes its time; the job goes on when its asker gives up. */
const JOB_DEADLINE_MS = 60 * MINUTE
const MAX_TRACKED = 10_000

const track = (ports: ServingPorts, catalog: Catalog): Resolver => async (_source, { event, data }) => {
  const name = event as string
  if (!catalog.events.has(name)) {
    const names = [...catalog.events.keys()]
    throw new PlatformError('BAD_INPUT', `there is no event '${name.slice(0, 80)}'${didYouMean(name, names)}`, `events: ${names.join(', ')}`, 'event')
  }
  const rows = data as readonly unknown[]
  if (rows.length > MAX_TRACKED) throw new PlatformError('LIMIT', `data has ${rows.length} events; ${MAX_TRACKED} are allowed`, 'send several mutations, or POST /events', 'data')
  return ports.track(name, rows)
}

const runGeneration = (ports: ServingPorts): Resolver => async () => {
  await ports.jobs.run('generation', {}, { timeoutMs: JOB_DEADLINE_MS })
  ports.pointers.expire()
  const [pointer, records] = await Promise.all([ports.pointers.fresh(), ports.lake.generations()])
  const record = records.find(({ id }) => id === pointer?.id)
  if (record !== undefined) return presentGeneration(record, record.id)
  throw new PlatformError('NOT_READY', 'the generation is built, but not published yet', 'ask `generations` in a moment')
}

/** Anything a mutation may do to the platform, besides what queries answer. */
export const mutationResolvers = (ports: ServingPorts, catalog: Catalog): Readonly<Record<string, Resolver>> => ({
  track: track(ports, catalog),
  runGeneration: runGeneration(ports),
  reconcile: () => ports.jobs.run('reconcile', {}, { timeoutMs: JOB_DEADLINE_MS }),
})
