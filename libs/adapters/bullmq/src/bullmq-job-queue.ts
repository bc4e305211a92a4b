import { Queue, QueueEvents, Worker, type Job } from 'bullmq'
import { Redis } from 'ioredis'
import type { JobName, JobProgress, JobQueue } from '@tidewater/ports'

export interface BullmqOptions {
  /** Redis of its own (or a database of its own): 'redis://host:port/1'. Never evicting. */
  readonly url: string
  /** Told of lost connections and stalled jobs; BullMQ goes on by itself. */
  readonly trouble: (error: Error) => void
}

/** A queue per job name, so that "one at a time" is BullMQ's own global limit of a queue. */
const NAMES: readonly JobName[] = ['generation', 'reconcile']
const queueName = (name: JobName): string => `tidewater-${name}`

/** Finished jobs say how they ended for a while; the lake is the record of generations. */
const KEPT = { removeOnComplete: { count: 20, age: 86_400 }, removeOnFail: { count: 50, age: 7 * 86_400 } }
/** Heavy work is done by child processes, so a lock is renewed in time unless the process hangs or is gone. */
const LOCK_MS = 20_000
const STALLED_CHECK_MS = 10_000

/** BullMQ's parts of one process, opened when first needed; every part has a connection of its own. */
const openParts = (options: BullmqOptions) => {
  const connections: Redis[] = []
  const queues = new Map<JobName, Promise<Queue>>()
  const events = new Map<JobName, Promise<QueueEvents>>()
  /** BullMQ waits in blocking commands, which must not be given up. */
  const connect = (): Redis => {
    const redis = new Redis(options.url, { maxRetriesPerRequest: null, enableReadyCheck: true })
    redis.on('error', options.trouble)
    connections.push(redis)
    return redis
  }
  const openQueue = async (name: JobName): Promise<Queue> => {
    const queue = new Queue(queueName(name), { connection: connect() })
    queue.on('error', options.trouble)
    await queue.setGlobalConcurrency(1)
    return queue
  }
  const openEvents = async (name: JobName): Promise<QueueEvents> => {
    const opened = new QueueEvents(queueName(name), { connection: connect() })
    opened.on('error', options.trouble)
    await opened.waitUntilReady()
    return opened
  }
  const once = <T>(
    known: Map<JobName, Promise<T>>,
    name: JobName,
    open: (name: JobName) => Promise<T>,
  ): Promise<T> => {
    const found = known.get(name) ?? open(name)
    known.set(name, found)
    return found
  }
  return {
    connect,
    queue: (name: JobName) => once(queues, name, openQueue),
    events: (name: JobName) => once(events, name, openEvents),
    close: async (): Promise<void> => {
      for (const opened of [...events.values(), ...queues.values()]) await (await opened).close()
      for (const redis of connections) redis.disconnect()
    },
  }
}

/** Durable jobs in Redis: a worker that dies leaves its job to the next one, and every job may be run twice. */
export const openBullmqJobQueue = (options: BullmqOptions): JobQueue => {
  const parts = openParts(options)
  const workers: Worker[] = []
  let closed = false

  return {
    run: async (name, input, { timeoutMs }) => {
      if (closed) throw new Error('The job queue is closed')
      const [queue, listened] = await Promise.all([parts.queue(name), parts.events(name)])
      const job = await queue.add(name, { input }, KEPT)
      try {
        const answer: unknown = await job.waitUntilFinished(listened, timeoutMs)
        return answer
      } catch (error) {
        throw await reasonOf(job, timeoutMs, error)
      }
    },
    schedule: async (name, everyMs) => {
      const queue = await parts.queue(name)
      if (everyMs === null) await queue.removeJobScheduler(name)
      else
        await queue.upsertJobScheduler(name, { every: everyMs }, { name, data: { input: null }, opts: KEPT })
    },
    work: async (handler) => {
      for (const name of NAMES) {
        await parts.queue(name)
        const worker = new Worker<{ input: unknown }>(
          queueName(name),
          (job) =>
            handler(name, job.data.input, (progress) => {
              job.updateProgress(progress).catch(options.trouble)
            }),
          {
            connection: parts.connect(),
            concurrency: 1,
            lockDuration: LOCK_MS,
            stalledInterval: STALLED_CHECK_MS,
            maxStalledCount: 3,
          },
        )
        worker.on('error', options.trouble)
        workers.push(worker)
        await worker.waitUntilReady()
      }
    },
    progress: async (name) => {
      const [job] = await (await parts.queue(name)).getActive(0, 0)
      return job === undefined ? null : progressOf(job.progress)
    },
    close: async () => {
      closed = true
      await Promise.all(workers.map((worker) => worker.close()))
      await parts.close()
    },
  }
}

/** The worker's own words, or that nobody finished in time: then nobody waits for the job any more, so it goes if it can. */
const reasonOf = async (job: Job, timeoutMs: number, error: unknown): Promise<Error> => {
  const failed = error instanceof Error ? error : new Error(String(error))
  if (!failed.message.includes('timed out before finishing')) return failed
  await job.remove().catch(() => undefined)
  return new Error(`Job ${job.name} did not finish within ${timeoutMs} ms`)
}

const progressOf = (progress: unknown): JobProgress => {
  const known =
    typeof progress === 'object' && progress !== null && 'step' in progress && 'fraction' in progress
  return known ? (progress as JobProgress) : { step: 'start', fraction: 0 }
}
