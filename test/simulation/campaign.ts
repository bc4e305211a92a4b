import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { startRedisStores } from './redis.ts'
import { simulate, type Outcome } from './simulate.ts'
import type { Plant } from './plants.ts'

export interface Campaign {
  /** First seed. */
  readonly seed: number
  readonly seeds: number
  /** Seeds below this one run on the product's own files and DuckDB. */
  readonly duckdbBelow?: number
  /** Seeds below this one run on Redis. */
  readonly redisBelow?: number
  readonly plant: Plant | null
  readonly stopAtWrong: 'first' | 'never'
}

export interface Report {
  readonly ran: number
  readonly wrong: readonly Outcome[]
  readonly counts: Readonly<Record<string, number>>
}

/** How long faults go on in one seed, virtual ms. */
export const FAULTS_MS = 30_000

/** Counts that must not be small, or a campaign proves little. */
export const TELLING: readonly string[] = [
  'reads',
  'accepted',
  'copies',
  'strays',
  'dead',
  'marks',
  'aborted',
  'archived_holes',
  'grown',
  'deployed',
  'rolled_back',
  'clock_stepped',
  'hours_passed',
  'broker_clock_back',
  'tails_lost',
  'stores_lost',
  'queues_lost',
  'power_cuts',
  'evicted',
  'zombies',
  'retained',
  'retained_sent',
  'retained_sent_short',
  'gaps',
  'halted',
  'read_with_gap',
  'warehouses_lost',
  'generations_built',
  'generations_rebuilt',
  'generations_registered',
  'generations_published',
  'generations_retired',
  'reads_past_cut',
  'reads_merged',
  'reads_joined',
  'made_pair',
  'made_found',
  'made_gifts',
  'made_alone',
  'compacted',
  'files_removed',
  'raw_loads',
  ...['speed', 'archive', 'batch', 'serving'].flatMap((role) => [`killed_${role}`, `frozen_${role}`]),
]

const plus = (a: Report, b: Report): Report => {
  const counts: Record<string, number> = { ...a.counts }
  for (const [name, count] of Object.entries(b.counts)) counts[name] = (counts[name] ?? 0) + count
  return { ran: a.ran + b.ran, wrong: [...a.wrong, ...b.wrong], counts }
}

const NOTHING: Report = { ran: 0, wrong: [], counts: {} }

/** Runs seeds one after the other in this thread and adds up what happened in them. */
export const runSeeds = async ({
  seed,
  seeds,
  duckdbBelow = 0,
  redisBelow = 0,
  plant,
  stopAtWrong,
}: Campaign): Promise<Report> => {
  let total = NOTHING
  const redis = seed < redisBelow ? await startRedisStores() : null
  for (let next = seed; next < seed + seeds; next++) {
    const own = { duckdb: next < duckdbBelow, redis: next < redisBelow ? redis : null }
    const outcome = await simulate({ seed: next, ms: FAULTS_MS, plant, ...own })
    total = plus(total, { ran: 1, wrong: outcome.wrong === null ? [] : [outcome], counts: outcome.counts })
    if (outcome.wrong !== null && stopAtWrong === 'first') break
  }
  await redis?.stop()
  return total
}

/** Seeds a thread takes at a time. */
const SHARE = 10

/** Runs seeds on all processors. */
export const runCampaign = async (campaign: Campaign, threads = availableParallelism()): Promise<Report> => {
  const { seed, seeds, stopAtWrong } = campaign
  let total = NOTHING
  let next = seed
  const share = (): Campaign | null => {
    const left = seed + seeds - next
    if (left <= 0 || (stopAtWrong === 'first' && total.wrong.length > 0)) return null
    const own = { ...campaign, seed: next, seeds: Math.min(SHARE, left) }
    next += own.seeds
    return own
  }
  const runThread = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./campaign-thread.ts', import.meta.url))
      const give = (): void => {
        const own = share()
        if (own !== null) return worker.postMessage(own)
        void worker.terminate().then(() => resolve())
      }
      worker.on('message', (report: Report) => {
        total = plus(total, report)
        give()
      })
      worker.on('error', reject)
      give()
    })
  await Promise.all(Array.from({ length: Math.min(threads, Math.ceil(seeds / SHARE)) }, runThread))
  return total
}
