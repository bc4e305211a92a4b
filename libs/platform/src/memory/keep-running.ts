import type { Timers } from '@tidewater/ports'
import type { Log } from '@tidewater/runtime'

export interface Worker {
  stop(): Promise<void>
  /** Rejects when the worker crashed. */
  readonly done: Promise<void>
}

const BACK_OFF_MS = 500

/**
 * Starts a worker again whenever it crashes, as supervision does with a process: its state is in the store, so the next
 * one goes on where the last commit left it. Rejects when the first start fails.
 */
export const keepRunning = async (
  start: () => Promise<Worker>,
  { timers }: { readonly timers: Timers },
  log: Log,
): Promise<{ stop(): Promise<void> }> => {
  let stopped = false
  let cancel: (() => void) | null = null
  let worker = await start()
  let starting: Promise<void> = Promise.resolve()
  const again = async (): Promise<void> => {
    try {
      const next = await start()
      worker = next
      watch(next)
    } catch (error) {
      log.error('could not start again', { error })
      later()
    }
  }
  const later = (): void => {
    if (stopped) return
    cancel = timers.after(BACK_OFF_MS, () => {
      starting = again()
    })
  }
  const watch = (watched: Worker): void => {
    watched.done.catch(async (error: unknown) => {
      if (stopped) return
      log.error(`ended and starts again in ${BACK_OFF_MS / 1_000} s`, { error })
      // It must have left its group before the next one joins.
      await watched.stop().catch(() => undefined)
      later()
    })
  }
  watch(worker)
  return {
    stop: async () => {
      stopped = true
      cancel?.()
      await starting
      await worker.stop()
    },
  }
}
