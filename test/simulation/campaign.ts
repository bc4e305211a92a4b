import { openMemoryStore } from './memory-store.ts'
import type { Plant } from './plants.ts'
import { startRedisStores } from './redis-store.ts'
import { simulate, type LosableStore, type Outcome } from './simulate.ts'

export interface Campaign {
  /** First seed. */
  readonly seed: number
  readonly seeds: number
  /** How many of them, the first ones, run on a real Redis. */
  readonly onRedis: number
  readonly plant: Plant | null
  readonly stopAtWrong: 'first' | 'never'
}

export interface Report {
  readonly ran: number
  readonly ranOnRedis: number
  readonly wrong: readonly Outcome[]
  readonly counts: Readonly<Record<string, number>>
}

export const TICKS = 800

/** Counts that must not be small, or a campaign proves little. */
export const TELLING = [
  'reads',
  'retries',
  'published',
  'retired',
  'commits',
  'commits_redone_for_cut',
  'commits_rewound',
  'commits_fenced',
  'tailsLost',
  'storesLost',
] as const

/** Runs many seeds and adds up what happened in them. */
export const runCampaign = async ({
  seed,
  seeds,
  onRedis,
  plant,
  stopAtWrong,
}: Campaign): Promise<Report> => {
  const redis = onRedis > 0 ? await startRedisStores() : null
  const counts: Record<string, number> = {}
  const wrong: Outcome[] = []
  let ran = 0
  try {
    for (let i = 0; i < seeds; i++) {
      const open: () => Promise<LosableStore> = redis !== null && i < onRedis ? redis.open : openMemoryStore
      const outcome = await simulate({ seed: seed + i, ticks: TICKS, plant, open })
      ran++
      for (const [name, count] of Object.entries(outcome.counts)) counts[name] = (counts[name] ?? 0) + count
      if (outcome.wrong === null) continue
      wrong.push(outcome)
      if (stopAtWrong === 'first') break
    }
  } finally {
    await redis?.stop()
  }
  return { ran, ranOnRedis: Math.min(ran, onRedis), wrong, counts }
}
