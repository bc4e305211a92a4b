import { createMemoryStateStore, type MemorySnapshot } from '@tidewater/ports/memory'
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
      const then = past[Math.max(0, past.length - back)]
      if (then !== undefined) store.restore(then)
    },
    loseAll: async () => store.restore({ partitions: new Map(), pointer: null }),
  }
}
