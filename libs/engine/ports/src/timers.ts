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
