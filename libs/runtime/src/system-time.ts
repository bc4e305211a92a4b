import type { Clock, Timers } from '@tidewater/ports'

/** This machine's clocks. */
export const systemClock: Clock = { now: () => Date.now(), elapsed: () => performance.now() }

/** This process's timers. */
export const systemTimers: Timers = {
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}
