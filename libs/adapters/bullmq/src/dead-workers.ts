import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Job, Queue } from 'bullmq'
import type { Redis } from 'ioredis'

/** How a job names the process that works it: host, process id and, as ids are used again, a nonce. */
export const nameOfThisProcess = (): string => `${hostname()} ${process.pid} ${randomUUID()}`

/** A job that is in hand when so many workers die is taken for what kills them. */
const MOST_DEATHS = 3
const LOCK_MS = 10_000

/**
 * Takes the jobs of processes of this host that no longer live: BullMQ alone waits until their locks have run out. Those of
 * another host are left to it. Answers how many.
 */
export const takeOver = async (queue: Queue, redis: Redis, self: string): Promise<number> => {
  let taken = 0
  for (const job of await queue.getActive()) {
    if (!isDead(job.processedBy ?? '', self)) continue
    const token = await lockOf(queue, redis, job)
    if (token === null) continue
    if (job.attemptsStarted < MOST_DEATHS) await job.moveToWait(token)
    else await job.moveToFailed(new Error(`${MOST_DEATHS} workers died with this job in hand`), token)
    taken++
  }
  return taken
}

const isDead = (worker: string, self: string): boolean => {
  const [host, pid] = worker.split(' ')
  if (worker === self || host !== hostname() || pid === undefined) return false
  // Two processes of one id are not alive at the same time: the other one was here before.
  if (Number(pid) === process.pid) return true
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}

/** The dead process's lock, or a new one where it has run out; null: somebody else was faster. */
const lockOf = async (queue: Queue, redis: Redis, job: Job): Promise<string | null> => {
  const lock = `${queue.toKey(job.id ?? '')}:lock`
  const known = await redis.get(lock)
  if (known !== null) return known
  const own = randomUUID()
  return (await redis.set(lock, own, 'PX', LOCK_MS, 'NX')) === 'OK' ? own : null
}
