import type { Timers } from '@tidewater/ports'
import type { Lane } from './lane.ts'

const LOOK_MS = 2_000

/**
 * Looks every two seconds whether the store still holds what the lanes have stored: a commit would find out, but a partition
 * without traffic sends none. Answers how to stop.
 */
export const watchStore = (
  timers: Timers,
  lanes: () => Iterable<Lane>,
  broken: (error: unknown) => void,
): (() => void) => {
  let cancel: () => void = () => undefined
  let stopped = false
  const look = async (): Promise<void> => {
    for (const lane of [...lanes()]) await lane.look()
    if (!stopped) cancel = timers.after(LOOK_MS, next)
  }
  const next = (): void => {
    look().catch(broken)
  }
  cancel = timers.after(LOOK_MS, next)
  return () => {
    stopped = true
    cancel()
  }
}
