import { Queue, QueueEvents, Worker, type Job } from 'bullmq'
import { Redis } from 'ioredis'
import type { JobName, JobProgress, JobQueue } from '@tidewater/ports'
import { nameOfThisProcess, takeOver } from './dead-workers.ts'
import { createScheduleOwner } from './schedule-owner.ts'

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
const LOCK_MS = 10_000
const STALLED_CHECK_MS = 5_000
const TAKE_OVER_EVERY_MS = 1_000

/** BullMQ's parts of one process, opened when first needed; every part has a connection of its own. */
const openParts = (options: BullmqOptions) => {
  const connections: Redis[] = []
  let plain: Redis | null = null
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
    /** For single commands beside BullMQ's own. */
    redis: (): Redis => (plain ??= connect()),
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
  const owner = createScheduleOwner(parts.redis)
  const workers: Worker[] = []
  let looking: NodeJS.Timeout | undefined
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
        throw await reasonOf(job, timeoutMs, error, options.trouble)
      }
    },
    schedule: async (name, everyMs) => {
      const queue = await parts.queue(name)
      if (!(await owner.isThisOne())) return
      // A store that lost the schedule has lost the limit too.
      await queue.setGlobalConcurrency(1)
      await setSchedule(queue, name, everyMs)
    },
    work: async (handler) => {
      const self = nameOfThisProcess()
      for (const name of NAMES) {
        await takeOver(await parts.queue(name), parts.redis(), self)
        const worker = new Worker<{ input: unknown }>(
          queueName(name),
          (job) =>
            handler(name, job.data.input, (progress) => {
              job.updateProgress(progress).catch(options.trouble)
            }),
          {
            name: self,
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
      const look = (): void => {
        const looking = NAMES.map(async (name) => takeOver(await parts.queue(name), parts.redis(), self))
        Promise.all(looking).catch(options.trouble)
      }
      looking = setInterval(look, TAKE_OVER_EVERY_MS)
    },
    progress: async (name) => {
      const [job] = await (await parts.queue(name)).getActive(0, 0)
      return job === undefined ? null : progressOf(job.progress)
    },
    close: async () => {
      closed = true
      clearInterval(looking)
      await Promise.all(workers.map((worker) => worker.close()))
      await owner.leave()
      await parts.close()
    },
  }
}

const setSchedule = async (queue: Queue, name: JobName, everyMs: number | null): Promise<void> => {
  if (everyMs === null) {
    await queue.removeJobScheduler(name)
    return
  }
  const now = await queue.getJobScheduler(name)
  // Its next job may be lost while its plan stands; putting it down again moves no slot that is still to come.
  const stands = now?.every === everyMs && (now.next ?? 0) > Date.now()
  if (!stands)
    await queue.upsertJobScheduler(name, { every: everyMs }, { name, data: { input: null }, opts: KEPT })
}

/** The worker's own words, or that nobody finished in time: then nobody waits for the job any more, so it goes if it can. */
const reasonOf = async (
  job: Job,
  timeoutMs: number,
  error: unknown,
  trouble: (error: Error) => void,
): Promise<Error> => {
  const failed = error instanceof Error ? error : new Error(String(error))
  if (!failed.message.includes('timed out before finishing')) return failed
  // One that runs cannot be removed; it ends by itself.
  await job.remove().catch(trouble)
  return new Error(`Job ${job.name} did not finish within ${timeoutMs} ms`)
}

const progressOf = (progress: unknown): JobProgress => {
  const known =
    typeof progress === 'object' && progress !== null && 'step' in progress && 'fraction' in progress
  return known ? (progress as JobProgress) : { step: 'start', fraction: 0 }
}
