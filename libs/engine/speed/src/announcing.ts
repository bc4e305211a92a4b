import { isPlatformError } from '@tidewater/base'
import type { Timers, WorkerInfo, WorkerRegistry } from '@tidewater/ports'
import type { Counters } from './counters.ts'

const ANNOUNCE_MS = 2_000
const FORGOTTEN_MS = 10_000

/** For words to the store that are repeated, or not needed when it is away. */
export const ignoreStore = (error: unknown): void => {
  if (!isPlatformError(error)) throw error
}

/** Tells the registry every two seconds who works here; answers how to stop. */
export const announcing = (
  { registry, timers }: { readonly registry: WorkerRegistry; readonly timers: Timers },
  counters: Counters,
  worker: () => WorkerInfo,
): (() => void) => {
  let cancel: () => void = () => undefined
  let silent = false
  const say = async (): Promise<void> => {
    try {
      await registry.announce(worker(), FORGOTTEN_MS)
    } catch (error) {
      // missing one word is harmless: it is repeated long before it is forgotten
      ignoreStore(error)
      counters.announcements_missed++
    }
    if (!silent) cancel = timers.after(ANNOUNCE_MS, () => void say())
  }
  void say()
  return () => {
    silent = true
    cancel()
  }
}
