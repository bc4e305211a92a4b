import type { WorkerInfo, WorkerRegistry } from '@tidewater/ports'
import { connect, storeError } from './connection.ts'
import { WORKER_PATTERN, workerKey } from './keys.ts'

/** Workers as values that expire; `close` ends its connection. */
export const createRedisWorkerRegistry = async (
  url: string,
): Promise<WorkerRegistry & { close(): Promise<void> }> => {
  const { redis, close } = await connect(url, 'read')
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw storeError(url, 'keep the list of workers', error)
    }
  }
  return {
    announce: (worker, ttlMs) =>
      attempt(
        async () => void (await redis.set(workerKey(worker.name), JSON.stringify(worker), 'PX', ttlMs)),
      ),
    leave: (name) => attempt(async () => void (await redis.del(workerKey(name)))),
    workers: () =>
      attempt(async () => {
        const keys = new Set<string>()
        let cursor = '0'
        do {
          const [next, some] = await redis.scan(cursor, 'MATCH', WORKER_PATTERN, 'COUNT', 1_000)
          for (const key of some) keys.add(key)
          cursor = next
        } while (cursor !== '0')
        if (keys.size === 0) return []
        const found = await redis.mget(...keys)
        const workers = found.flatMap((text) => (text === null ? [] : [JSON.parse(text) as WorkerInfo]))
        return workers.sort((a, b) => (a.name < b.name ? -1 : 1))
      }),
    close,
  }
}
