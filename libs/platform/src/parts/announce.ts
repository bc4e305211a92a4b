import type { Clock, Timers, WorkerInfo, WorkerRegistry } from '@tidewater/ports'
import type { PartSettings } from './part-settings.ts'

const EVERY_MS = 5_000
const FORGOTTEN_MS = 15_000

interface AnnouncePorts {
  readonly registry: WorkerRegistry
  readonly clock: Clock
  readonly timers: Timers
}

/** Tells the registry again and again that this part works; answers how to leave. */
export const announce = (
  { registry, clock, timers }: AnnouncePorts,
  role: WorkerInfo['role'],
  { name, pid, log }: PartSettings,
): (() => Promise<void>) => {
  const worker = { name, role, pid, startedAt: clock.now(), partitions: [], counters: {} }
  let isAway = false
  let hasLeft = false
  let cancel = (): void => undefined
  const say = async (): Promise<void> => {
    try {
      await registry.announce(worker, FORGOTTEN_MS)
      isAway = false
    } catch (error) {
      if (!isAway) log.warn('the worker registry is away', { error })
      isAway = true
    }
    if (!hasLeft) cancel = timers.after(EVERY_MS, () => void say())
  }
  void say()
  return async () => {
    hasLeft = true
    cancel()
    // Nobody is harmed: what is not taken back is forgotten by itself.
    await registry.leave(name).catch(() => undefined)
  }
}
