/* What every process has of its own: its clocks, waiting, and texts that are fresh. Engines take them as ports, so tests drive time. */

/** The only source of "now" and of durations. */
export interface Clock {
  /** The wall clock, ms since epoch, UTC: for answers and event time. It may step back and forward. */
  now(): number
  /** ms of a clock that never steps: only differences mean anything, and only they measure durations. */
  elapsed(): number
}

/** The only source of waiting; engines take it as a port so that tests drive time. */
export interface Timers {
  /** Calls `run` once, `ms` from now; the answer cancels it. */
  after(ms: number, run: () => void): () => void
}

/** Resolves `ms` from now. */
export const pause = (timers: Timers, ms: number): Promise<void> =>
  new Promise((resolve) => {
    timers.after(ms, resolve)
  })

/**
 * Runs `step` again and again, `ms` after it ended the last time; the answer stops it. A step answers for what it can wait for:
 * one that rejects is a broken program and ends the process.
 */
export const repeatEvery = (timers: Timers, ms: number, step: () => Promise<void>): (() => void) => {
  let stopped = false
  let cancel = timers.after(ms, () => void run())
  const run = async (): Promise<void> => {
    await step()
    if (!stopped) cancel = timers.after(ms, () => void run())
  }
  return () => {
    stopped = true
    cancel()
  }
}

/** Fresh text that never repeats, also across processes and restarts (a random UUID). */
export type Nonce = () => string
