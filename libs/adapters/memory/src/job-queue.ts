import type { JobName, JobProgress, JobQueue } from '@tidewater/ports'
import type { Timers } from '@tidewater/ports'

type Handler = Parameters<JobQueue['work']>[0]

interface Waiting {
  readonly name: JobName
  readonly input: unknown
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

const processTimers: Timers = {
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}

export interface MemoryJobQueue extends JobQueue {
  /** What a flushed store does: jobs that wait and schedules are gone, and nobody is told. */
  lose(): void
}

interface Schedule {
  readonly everyMs: number
  readonly cancel: () => void
}

/** A queue within one process: jobs run one at a time, in the order they came. */
export const createMemoryJobQueue = (timers: Timers = processTimers): MemoryJobQueue => {
  const waiting: Waiting[] = []
  const progress = new Map<JobName, JobProgress>()
  const schedules = new Map<JobName, Schedule>()
  let handler: Handler | null = null
  let running: Promise<void> | null = null
  let closed = false

  const drain = async (work: Handler): Promise<void> => {
    for (let job = waiting.shift(); job !== undefined && !closed; job = waiting.shift()) {
      const { name, input, resolve, reject } = job
      try {
        resolve(await work(name, input, (step) => progress.set(name, step)))
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)))
      }
      progress.delete(name)
    }
    running = null
  }
  const start = (): void => {
    if (handler !== null && running === null && waiting.length > 0) running = drain(handler)
  }
  const enqueue = (name: JobName, input: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      waiting.push({ name, input, resolve, reject })
      start()
    })
  /** Runs a slot now and plans the next; a slot that still waits stands for those missed meanwhile. */
  const repeat = (name: JobName, everyMs: number): void => {
    schedules.set(name, { everyMs, cancel: timers.after(everyMs, () => repeat(name, everyMs)) })
    // The worker counts and reports what fails.
    if (!waiting.some((job) => job.name === name)) enqueue(name, null).catch(() => undefined)
  }
  const forget = (name: JobName): void => {
    schedules.get(name)?.cancel()
    schedules.delete(name)
  }

  return {
    run: async (name, input, { timeoutMs }) => {
      if (closed) throw new Error('The job queue is closed')
      let cancel = () => {}
      const late = new Promise<never>((_, reject) => {
        cancel = timers.after(timeoutMs, () =>
          reject(new Error(`Job ${name} did not finish within ${timeoutMs} ms`)),
        )
      })
      return Promise.race([enqueue(name, input), late]).finally(() => cancel())
    },
    schedule: async (name, everyMs) => {
      if (schedules.get(name)?.everyMs === everyMs) return
      forget(name)
      if (everyMs !== null) repeat(name, everyMs)
    },
    work: async (next) => {
      handler = next
      start()
    },
    progress: async (name) => progress.get(name) ?? null,
    lose: () => {
      for (const name of [...schedules.keys()]) forget(name)
      waiting.length = 0
    },
    close: async () => {
      closed = true
      for (const name of [...schedules.keys()]) forget(name)
      for (const job of waiting.splice(0)) job.reject(new Error('The job queue was closed'))
      await running
    },
  }
}
