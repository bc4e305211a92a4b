import { isPlatformError } from '@tidewater/base'
import type { StateStore, Timers } from '@tidewater/ports'

const CHECK_MS = 5_000
/** Of what the store takes, so that headers, cuts and batch parts still find room. */
const SHARE = 0.9
/** Of the budget: below it all streams go on. */
const RELIEF = 0.9

/**
 * Topics that pause when the store holds `used` of `most` bytes (semantics P5). State grows as long as no generation is built; a
 * store that is full refuses every commit, so the least important streams pause first, one more at each look.
 */
export const pausedTopics = (
  used: number,
  most: number,
  paused: readonly string[],
  leastImportantFirst: readonly string[],
): readonly string[] => {
  if (used < most * RELIEF) return []
  const next = leastImportantFirst.find((topic) => !paused.includes(topic))
  return used < most || next === undefined ? paused : [...paused, next]
}

/** What watches the budget, and whom it tells. */
export interface BudgetWatch {
  readonly store: Pick<StateStore, 'memory'>
  readonly timers: Timers
  /** Bytes; null: nine tenths of what the store says it takes, or no bound where it does not say. */
  readonly bytes: number | null
  readonly leastImportantFirst: readonly string[]
  /** Called at every look with all topics that pause now. */
  readonly pause: (topics: readonly string[], used: number, most: number) => Promise<void>
  readonly broken: (error: unknown) => void
}

/** Looks every five seconds; answers how to stop. */
export const watchBudget = ({ store, timers, ...watch }: BudgetWatch): (() => void) => {
  let paused: readonly string[] = []
  let cancel = (): void => undefined
  let stopped = false
  const look = async (): Promise<void> => {
    const memory = await store.memory()
    const most = watch.bytes ?? (memory.most === null ? null : memory.most * SHARE)
    if (most === null) return
    paused = pausedTopics(memory.used, most, paused, watch.leastImportantFirst)
    await watch.pause(paused, memory.used, most)
  }
  const again = (): void => {
    if (!stopped) cancel = timers.after(CHECK_MS, () => void look().catch(passOver).then(again))
  }
  const passOver = (error: unknown): void => {
    // a store that is away is no reason to pause or go on; every lane says that it is
    if (!isPlatformError(error)) watch.broken(error)
  }
  again()
  return () => {
    stopped = true
    cancel()
  }
}
