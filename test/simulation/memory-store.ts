import { createMemoryStateStore, type MemorySnapshot } from '@tidewater/adapter-memory'
import type { LosableStore } from './simulate.ts'

const REMEMBERED = 24

/** The memory store and its recent past. */
export const openMemoryStore = async (): Promise<LosableStore> => {
  const store = createMemoryStateStore()
  const past: MemorySnapshot[] = []
  return {
    store,
    remember: async () => {
      past.push(store.snapshot())
      if (past.length > REMEMBERED) past.shift()
    },
    loseTail: async (back) => {
      // what is lost stays lost: a journal never grows its tail again
      past.length = Math.max(1, past.length - back)
      if (past[0] !== undefined) store.restore(past.at(-1) as MemorySnapshot)
    },
    loseAll: async () => {
      past.length = 0
      store.restore({ partitions: new Map(), pointer: null })
    },
  }
}
