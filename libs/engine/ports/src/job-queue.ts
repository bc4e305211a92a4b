export type JobName = 'generation' | 'reconcile'

export interface JobProgress {
  readonly step: string
  /** 0..1 */
  readonly fraction: number
}

/** Durable queue of batch jobs (BullMQ); at most one job of a name runs at a time. */
export interface JobQueue {
  /** Adds a job and resolves with its result when a worker has finished it; rejects with the worker's error or on timeout. */
  run(name: JobName, input: unknown, options: { readonly timeoutMs: number }): Promise<unknown>
  /**
   * Runs `name` now and every `everyMs`; null stops it. Slots that nobody worked are made up by one run. A batch process asks
   * again every few seconds: that changes nothing while the schedule stands, and puts it back when the store lost it.
   */
  schedule(name: JobName, everyMs: number | null): Promise<void>
  /** Handles jobs until closed. */
  work(
    handler: (name: JobName, input: unknown, progress: (done: JobProgress) => void) => Promise<unknown>,
  ): Promise<void>
  progress(name: JobName): Promise<JobProgress | null>
  close(): Promise<void>
}
