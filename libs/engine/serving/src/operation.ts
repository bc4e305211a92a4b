import { PlatformError } from '@tidewater/base'
import type { Pointer, PointerSource } from '@tidewater/seam'
import type { PointerCache } from './pointer-cache.ts'
import { readTogether } from './read-together.ts'
import type { ReadPorts, Selection, ViewQuestion, ViewRead } from './read-together.ts'
import type { ViewAccess } from './view-access.ts'

/** One GraphQL operation: one "now", one pointer, and one read of each key however many fields ask for it. */
export interface Operation {
  readonly now: number
  read(access: ViewAccess, select: Selection): Promise<ViewRead>
  /** Stays on an earlier page's generation; throws `CURSOR_EXPIRED` when it is gone. */
  continueOn(generation: string): void
  /** Pays for work before it is done; throws `TOO_COSTLY` when the operation has no budget left. */
  charge(cost: number): void
}

/** Rows and windows one operation may touch. */
export const OPERATION_BUDGET = 2_000_000

export interface OperationPorts extends ReadPorts {
  readonly pointers: PointerCache
}

interface Asked extends ViewQuestion {
  readonly resolve: (read: ViewRead) => void
  readonly reject: (error: unknown) => void
}

export const createOperation = (ports: OperationPorts, now: number): Operation => {
  let budget = OPERATION_BUDGET
  let pinned: Pointer | null = null
  let continued = false
  let waiting: Asked[] = []
  const reads = new Map<string, Promise<ViewRead>>()

  const flush = async (): Promise<void> => {
    const asked = waiting
    waiting = []
    try {
      const answers = await readTogether(
        ports,
        pinned === null ? ports.pointers : pinnedSource(pinned, continued),
        asked,
      )
      for (const [i, { resolve }] of asked.entries()) {
        const answer = answers[i] as ViewRead
        pinned = answer.pointer
        resolve(answer)
      }
    } catch (error) {
      for (const { reject } of asked) reject(error)
    }
  }
  return {
    now,
    read: (access, select) => {
      const id = `${access.view.name} ${JSON.stringify(select)}`
      const known = reads.get(id)
      if (known !== undefined) return known
      const read = new Promise<ViewRead>((resolve, reject) => {
        waiting.push({ access, select, resolve, reject })
        // All root fields ask before the first microtask runs, so they are read in one step.
        if (waiting.length === 1) queueMicrotask(() => void flush())
      })
      reads.set(id, read)
      return read
    },
    continueOn: (generation) => {
      const pointer = pinned?.id === generation ? pinned : ports.pointers.recall(generation)
      if (pointer === null) throw expired()
      pinned = pointer
      continued = true
    },
    charge: (cost) => {
      budget -= cost
      if (budget >= 0) return
      throw new PlatformError(
        'TOO_COSTLY',
        `this operation would touch more than ${OPERATION_BUDGET} rows and windows`,
        'ask for a shorter range, longer periods (every), fewer fields at once, or use SQL',
      )
    },
  }
}

const expired = (): PlatformError =>
  new PlatformError(
    'CURSOR_EXPIRED',
    'the generation this list began with is retired',
    'begin again without after',
    'after',
  )

/** Later reads of an operation stay on its generation. */
const pinnedSource = (pointer: Pointer, continued: boolean): PointerSource => ({
  cached: () => Promise.resolve(pointer),
  fresh: () =>
    Promise.reject(
      continued
        ? expired()
        : new PlatformError(
            'NOT_READY',
            'a generation was published in the middle of this operation',
            'ask again',
          ),
    ),
})
