import { PlatformError } from '@tidewater/base'
import type { JobName, JobProgress, JobQueue } from '@tidewater/ports'
import type { Process } from './process.ts'
import type { VirtualTime } from '@tidewater/testing'

type Handler = Parameters<JobQueue['work']>[0]
type Outcome = { readonly value: unknown } | { readonly error: Error }

interface Job {
  readonly name: JobName
  readonly input: unknown
  readonly done: (outcome: Outcome) => void
  /** Until when its worker is believed to work on it. */
  lockedUntil: number
}

interface Worker {
  readonly process: Process
  readonly handler: Handler
  busy: boolean
}

/** A job whose worker is not heard of for this long is given to another. */
const LOCK_MS = 6_000
const RENEW_MS = 2_000

/** The server of the job queue, for processes that come and go. What it knows can be lost, as all that Redis holds. */
export interface JobServer {
  link(process: Process): JobQueue
  lose(): void
}

export const createJobServer = (time: VirtualTime): JobServer => {
  let waiting: Job[] = []
  const active = new Map<JobName, Job>()
  const schedules = new Map<JobName, { readonly everyMs: number; readonly cancel: () => void }>()
  const workers = new Set<Worker>()
  const progress = new Map<JobName, JobProgress>()

  const add = (job: Job): void => {
    waiting.push(job)
    dispatch()
  }
  const dispatch = (): void => {
    for (const job of waiting) {
      if (active.has(job.name)) continue
      const worker = [...workers].find(({ process, busy }) => process.state !== 'dead' && !busy)
      if (worker === undefined) return
      waiting = waiting.filter((other) => other !== job)
      give(job, worker)
    }
  }
  const give = (job: Job, worker: Worker): void => {
    active.set(job.name, job)
    worker.busy = true
    job.lockedUntil = time.now() + LOCK_MS
    let working = true
    const finish = (outcome: Outcome): void => {
      working = false
      worker.busy = false
      if (active.get(job.name) === job) {
        active.delete(job.name)
        progress.delete(job.name)
        job.done(outcome)
      }
      dispatch()
    }
    const { process } = worker
    const renew = (): void => {
      if (!working) return
      void process.call('local', async () => void (job.lockedUntil = time.now() + LOCK_MS))
      process.timers.after(RENEW_MS, renew)
    }
    process.deliver(() => {
      renew()
      const answered = (outcome: Outcome): void =>
        void process.call('local', async () => finish(outcome)).catch(() => undefined)
      worker
        .handler(job.name, job.input, (step) => void progress.set(job.name, step))
        .then(
          (value) => answered({ value }),
          (error: unknown) => answered({ error: error instanceof Error ? error : new Error(String(error)) }),
        )
    })
  }
  const look = (): void => {
    for (const [name, job] of active) {
      if (job.lockedUntil > time.now()) continue
      active.delete(name)
      waiting.unshift(job)
    }
    for (const worker of workers) if (worker.process.state === 'dead') workers.delete(worker)
    dispatch()
    time.after(RENEW_MS, look)
  }
  time.after(RENEW_MS, look)
  /** Runs a slot now and plans the next. */
  const repeat = (name: JobName, everyMs: number): void => {
    schedules.set(name, { everyMs, cancel: time.after(everyMs, () => repeat(name, everyMs)) })
    if (!waiting.some((job) => job.name === name))
      add({ name, input: null, done: () => undefined, lockedUntil: 0 })
  }
  const schedule = (name: JobName, everyMs: number | null): void => {
    const known = schedules.get(name)
    if (known?.everyMs === everyMs) return
    known?.cancel()
    schedules.delete(name)
    if (everyMs !== null) repeat(name, everyMs)
  }
  return {
    lose: () => {
      for (const { cancel } of schedules.values()) cancel()
      schedules.clear()
      waiting = []
      active.clear()
    },
    link: (process) => linkJobs(process, { add, schedule, dispatch, workers, progress }),
  }
}

interface Server {
  readonly add: (job: Job) => void
  readonly schedule: (name: JobName, everyMs: number | null) => void
  readonly dispatch: () => void
  readonly workers: Set<Worker>
  readonly progress: ReadonlyMap<JobName, JobProgress>
}

const linkJobs = (process: Process, server: Server): JobQueue => ({
  run: (name, input, { timeoutMs }) =>
    new Promise((resolve, reject) => {
      const late = process.timers.after(timeoutMs, () =>
        reject(
          new PlatformError('TIMEOUT', `job ${name} did not finish within ${timeoutMs} ms`, 'ask again'),
        ),
      )
      const done = (outcome: Outcome): void =>
        process.deliver(() => {
          late()
          if ('error' in outcome) reject(outcome.error)
          else resolve(outcome.value)
        })
      process.call('local', async () => server.add({ name, input, done, lockedUntil: 0 })).catch(reject)
    }),
  schedule: (name, everyMs) => process.call('sent once', async () => server.schedule(name, everyMs)),
  work: async (handler) => {
    await process.call('local', async () => {
      server.workers.add({ process, handler, busy: false })
      server.dispatch()
    })
  },
  progress: (name) => process.call('sent once', async () => server.progress.get(name) ?? null),
  close: async () => {
    for (const worker of server.workers) if (worker.process === process) server.workers.delete(worker)
  },
})
