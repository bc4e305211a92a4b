import { PlatformError } from '@tidewater/base'
import type { JobName, JobProgress, JobQueue } from '@tidewater/ports'
import type { VirtualTime } from '../virtual-time.ts'
import type { Process } from './process.ts'

type Handler = Parameters<JobQueue['work']>[0]
type Outcome = { readonly value: unknown } | { readonly error: Error }

interface Job {
  readonly name: JobName
  readonly input: unknown
  readonly done: (outcome: Outcome) => void
  /** Until when its worker is believed to work on it, virtual ms. */
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
  const server = new Server(time)
  server.look()
  return { lose: () => server.lose(), link: (process) => linkJobs(server, process) }
}

class Server {
  readonly progress = new Map<JobName, JobProgress>()
  readonly workers = new Set<Worker>()
  readonly #time: VirtualTime
  readonly #active = new Map<JobName, Job>()
  readonly #schedules = new Map<JobName, { readonly everyMs: number; readonly cancel: () => void }>()
  #waiting: Job[] = []

  constructor(time: VirtualTime) {
    this.#time = time
  }

  add(job: Job): void {
    this.#waiting.push(job)
    this.dispatch()
  }

  /** Gives out what waits, one job of a name at a time. */
  dispatch(): void {
    for (const job of [...this.#waiting]) {
      if (this.#active.has(job.name)) continue
      const worker = [...this.workers].find(({ process, busy }) => process.state !== 'dead' && !busy)
      if (worker === undefined) return
      this.#waiting = this.#waiting.filter((other) => other !== job)
      this.#give(job, worker)
    }
  }

  schedule(name: JobName, everyMs: number | null): void {
    const known = this.#schedules.get(name)
    if (known?.everyMs === everyMs) return
    known?.cancel()
    this.#schedules.delete(name)
    if (everyMs !== null) this.#repeat(name, everyMs)
  }

  lose(): void {
    for (const { cancel } of this.#schedules.values()) cancel()
    this.#schedules.clear()
    this.#active.clear()
    this.#waiting = []
  }

  /** Takes jobs from workers that are not heard of any more. */
  look(): void {
    for (const [name, job] of this.#active) {
      if (job.lockedUntil > this.#time.now()) continue
      this.#active.delete(name)
      this.#waiting.unshift(job)
    }
    for (const worker of this.workers) if (worker.process.state === 'dead') this.workers.delete(worker)
    this.dispatch()
    this.#time.after(RENEW_MS, () => this.look())
  }

  /** Runs a slot now and plans the next. */
  #repeat(name: JobName, everyMs: number): void {
    this.#schedules.set(name, {
      everyMs,
      cancel: this.#time.after(everyMs, () => this.#repeat(name, everyMs)),
    })
    if (!this.#waiting.some((job) => job.name === name))
      this.add({ name, input: null, done: () => undefined, lockedUntil: 0 })
  }

  #give(job: Job, worker: Worker): void {
    const { process } = worker
    this.#active.set(job.name, job)
    worker.busy = true
    job.lockedUntil = this.#time.now() + LOCK_MS
    let working = true
    const renew = (): void => {
      if (!working) return
      void process.call('local', async () => void (job.lockedUntil = this.#time.now() + LOCK_MS))
      process.timers.after(RENEW_MS, renew)
    }
    const finish = (outcome: Outcome): void => {
      working = false
      void process.call('local', async () => this.#finished(job, worker, outcome))
    }
    process.deliver(() => {
      renew()
      worker
        .handler(job.name, job.input, (step) => void this.progress.set(job.name, step))
        .then(
          (value) => finish({ value }),
          (error: unknown) => finish({ error: error instanceof Error ? error : new Error(String(error)) }),
        )
    })
  }

  #finished(job: Job, worker: Worker, outcome: Outcome): void {
    worker.busy = false
    if (this.#active.get(job.name) === job) {
      this.#active.delete(job.name)
      this.progress.delete(job.name)
      job.done(outcome)
    }
    this.dispatch()
  }
}

const linkJobs = (server: Server, process: Process): JobQueue => ({
  run: (name, input, { timeoutMs }) =>
    new Promise((resolve, reject) => {
      const cancel = process.timers.after(timeoutMs, () =>
        reject(
          new PlatformError('TIMEOUT', `job ${name} did not finish within ${timeoutMs} ms`, 'ask again'),
        ),
      )
      const done = (outcome: Outcome): void =>
        process.deliver(() => {
          cancel()
          if ('error' in outcome) reject(outcome.error)
          else resolve(outcome.value)
        })
      process.call('local', async () => server.add({ name, input, done, lockedUntil: 0 })).catch(reject)
    }),
  schedule: (name, everyMs) => process.call('sent once', async () => server.schedule(name, everyMs)),
  work: (handler) =>
    process.call('local', async () => {
      server.workers.add({ process, handler, busy: false })
      server.dispatch()
    }),
  progress: (name) => process.call('sent once', async () => server.progress.get(name) ?? null),
  close: async () => {
    for (const worker of server.workers) if (worker.process === process) server.workers.delete(worker)
  },
})
