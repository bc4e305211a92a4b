import { isPlatformError } from '@tidewater/base'
import type { StateStore, Timers } from '@tidewater/ports'
import { decodeHeader } from '@tidewater/seam'
import type { Lane } from './lane.ts'

const LOOK_MS = 2_000

/**
 * Looks every two seconds whether the store still holds what the lanes have stored: a commit would find out, but a partition
 * without traffic sends none, and one that stands still must say so again. Answers how to stop.
 */
export const watchStore = (
  { store, timers }: { readonly store: Pick<StateStore, 'header'>; readonly timers: Timers },
  lanes: () => Iterable<Lane>,
  broken: (error: unknown) => void,
): (() => void) => {
  let cancel: () => void = () => undefined
  let stopped = false
  const lookAtHalted = async (lane: Lane): Promise<void> => {
    try {
      const stored = await store.header(lane.task.place)
      if (stored === null || decodeHeader(stored).halted === null) lane.relieve()
    } catch (error) {
      if (!isPlatformError(error)) throw error
    }
  }
  const look = async (): Promise<void> => {
    for (const lane of [...lanes()]) {
      if (lane.state.kind === 'halted') await lookAtHalted(lane)
      await lane.look()
    }
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
