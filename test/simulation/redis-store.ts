import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRedisStateStore } from '@tidewater/adapter-redis'
import { startRedis } from '@tidewater/stack'
import { Redis } from 'ioredis'
import type { LosableStore } from './simulate.ts'

/** Keys and their dumps. */
type Snapshot = readonly (readonly [string, Buffer])[]

const REMEMBERED = 12

export interface RedisStores {
  /** An empty store; only one is used at a time. */
  open(): Promise<LosableStore>
  stop(): Promise<void>
}

/** A Redis server of its own, and on it the real adapter with the real scripts. */
export const startRedisStores = async (): Promise<RedisStores> => {
  const dir = await mkdtemp(join(tmpdir(), 'tidewater-simulation-'))
  const server = await startRedis({ dir })
  const admin = new Redis(server.url, { protocol: 2 })
  const store = await createRedisStateStore({ url: server.url })
  const dump = async (): Promise<Snapshot> => {
    const keys = await admin.keys('*')
    const dumps = await Promise.all(keys.map((key) => admin.dumpBuffer(key)))
    return keys.flatMap((key, i): Snapshot => {
      const found = dumps[i]
      return found === null || found === undefined ? [] : [[key, found]]
    })
  }
  const restore = async (snapshot: Snapshot): Promise<void> => {
    const pipeline = admin.multi().flushdb()
    for (const [key, value] of snapshot) pipeline.restore(key, 0, value)
    await pipeline.exec()
  }
  return {
    open: async () => {
      await admin.flushdb()
      const past: Snapshot[] = []
      return {
        store,
        remember: async () => {
          past.push(await dump())
          if (past.length > REMEMBERED) past.shift()
        },
        loseTail: async (back) => {
          past.length = Math.max(1, past.length - back)
          await restore(past[0] === undefined ? [] : (past.at(-1) as Snapshot))
        },
        loseAll: async () => {
          past.length = 0
          await admin.flushdb()
        },
      }
    },
    stop: async () => {
      await store.close()
      admin.disconnect()
      await server.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
