import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMemoryStateStore } from '@tidewater/adapter-memory'
import { createRedisStateStore } from '@tidewater/adapter-redis'
import type { LosableStore } from '@tidewater/testing/simulated'
import type { StateStore } from '@tidewater/ports'
import type { VirtualTime } from '@tidewater/testing'
import { startRedis } from '@tidewater/stack'
import { Redis } from 'ioredis'

/** A Redis server of its own, and on it the product's adapter with its scripts. */
export interface RedisStores {
  /** An empty store; only one is used at a time. Time stands still while Redis works. */
  open(time: VirtualTime): LosableStore
  clear(): Promise<void>
  stop(): Promise<void>
}

export const startRedisStores = async (): Promise<RedisStores> => {
  const dir = await mkdtemp(join(tmpdir(), 'simulation-redis-'))
  const server = await startRedis({ dir })
  const admin = new Redis(server.url, { protocol: 2 })
  const store = await createRedisStateStore({ url: server.url })
  const keep = async (): Promise<() => Promise<void>> => {
    const keys = await admin.keys('*')
    const dumps = await Promise.all(keys.map((key) => admin.dumpBuffer(key)))
    return async () => {
      const pipeline = admin.multi().flushdb()
      for (const [i, key] of keys.entries()) {
        const value = dumps[i]
        if (value !== null && value !== undefined) pipeline.restore(key, 0, value)
      }
      await pipeline.exec()
    }
  }
  return {
    clear: async () => void (await admin.flushdb()),
    open: (time) => ({
      seen: heldStore(store, time),
      keep: async () => {
        const restore = await time.hold(keep())
        return () => time.hold(restore())
      },
      lose: async () => void (await time.hold(admin.flushdb())),
    }),
    stop: async () => {
      await store.close()
      admin.disconnect()
      await server.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** Messages go by memory: when Redis delivers one is not for a seed to say. */
const heldStore = (store: StateStore, time: VirtualTime): StateStore => {
  const { notify, listen } = createMemoryStateStore()
  return {
    header: (...asked) => time.hold(store.header(...asked)),
    commit: (...asked) => time.hold(store.commit(...asked)),
    load: (...asked) => time.hold(store.load(...asked)),
    seen: (...asked) => time.hold(store.seen(...asked)),
    read: (...asked) => time.hold(store.read(...asked)),
    loadBatch: (...asked) => time.hold(store.loadBatch(...asked)),
    dropBatch: (...asked) => time.hold(store.dropBatch(...asked)),
    sweep: (...asked) => time.hold(store.sweep(...asked)),
    fingerprints: () => time.hold(store.fingerprints()),
    memory: () => time.hold(store.memory()),
    pointer: () => time.hold(store.pointer()),
    movePointer: (...asked) => time.hold(store.movePointer(...asked)),
    notify,
    listen,
    close: async () => undefined,
  }
}
