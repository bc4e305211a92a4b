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
