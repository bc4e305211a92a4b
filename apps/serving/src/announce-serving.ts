import type { WorkerRegistry } from '@tidewater/ports'
import type { Log } from '@tidewater/runtime'

const EVERY_MS = 5_000
const FORGOTTEN_MS = 15_000

/** Tells the registry that this process serves; answers how to leave. */
export const announceServing = (
  { registry }: { readonly registry: WorkerRegistry },
  name: string,
  log: Log,
): (() => Promise<void>) => {
  const startedAt = Date.now()
  let isAway = false
  const announce = (): void => {
    registry
      .announce(
        { name, role: 'serving', pid: process.pid, startedAt, partitions: [], counters: {} },
        FORGOTTEN_MS,
      )
      .then(
        () => {
          isAway = false
        },
        (error: unknown) => {
          if (!isAway) log.warn('the worker registry is away', { error })
          isAway = true
        },
      )
  }
  announce()
  const timer = setInterval(announce, EVERY_MS)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await registry.leave(name).catch(() => undefined)
  }
}
