import type { State } from '@tidewater/plan'

/** States by window start, then key text. */
export type GroupStates = ReadonlyMap<number, ReadonlyMap<string, State>>

/** States kept in memory, of all reads together; a read of more than a part of them is not kept. */
export const MAX_KEPT_ROWS = 200_000
const MAX_OF_ONE = 100_000
const MAX_LARGE = 1_000

export interface KeptWindows {
  /** Whether a read under this name was too large to be kept. */
  isLarge(id: string): boolean
  /** What was read under this name; waits for the same read when it is under way. Null: it is not kept. */
  get(id: string): Promise<GroupStates | null>
  /** Passes a read on, and keeps it when it comes to its end and is small enough. */
  keeping(id: string, windows: AsyncIterable<GroupStates>): AsyncIterable<GroupStates>
}

interface Kept {
  readonly states: GroupStates
  readonly size: number
}

/** The newest of the small reads, least lately used first out. */
export const createKept = (): KeptWindows => {
  const kept = new Map<string, Kept>()
  const reading = new Map<string, Promise<void>>()
  const large = new Set<string>()
  const keep = (id: string, states: GroupStates, size: number): void => {
    kept.set(id, { states, size })
    let total = [...kept.values()].reduce((sum, one) => sum + one.size, 0)
    for (const [oldest, one] of kept) {
      if (total <= MAX_KEPT_ROWS) return
      kept.delete(oldest)
      total -= one.size
    }
  }
  const tooLarge = (id: string): void => {
    if (large.size >= MAX_LARGE) large.clear()
    large.add(id)
  }
  return {
    isLarge: (id) => large.has(id),
    get: async (id) => {
      await reading.get(id)
      const known = kept.get(id)
      if (known === undefined) return null
      kept.delete(id)
      kept.set(id, known)
      return known.states
    },
    keeping: async function* (id, windows) {
      const { promise, resolve } = Promise.withResolvers<void>()
      reading.set(id, promise)
      let states: Map<number, ReadonlyMap<string, State>> | null = new Map()
      let size = 0
      try {
        for await (const part of windows) {
          for (const [bucket, groups] of part) {
            size += groups.size
            if (size > MAX_OF_ONE) {
              states = null
              tooLarge(id)
            }
            states?.set(bucket, groups)
          }
          yield part
        }
        if (states !== null) keep(id, states, size)
      } finally {
        reading.delete(id)
        resolve()
      }
    },
  }
}
