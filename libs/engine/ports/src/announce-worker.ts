import { isPlatformError } from '@tidewater/base'
import type { Clock, Timers } from './own.ts'
import type { WorkerInfo, WorkerRegistry } from './worker-registry.ts'

const EVERY_MS = 2_000
const FORGOTTEN_MS = 15_000

export interface AnnouncePorts {
  readonly registry: WorkerRegistry
  readonly clock: Clock
  readonly timers: Timers
}

/** A worker that the registry lists. */
export interface Announced {
  /** Says nothing more; it is forgotten by itself. */
  silence(): void
  /** Says nothing more, and is taken off the list at once when the registry is there. */
  leave(): Promise<void>
}

/** Hears of words that did not arrive. */
export interface AnnounceTrouble {
  /** The registry is away, for the nth word in a row; nobody is harmed, the word is repeated long before it is forgotten. */
  missed(error: unknown, inARow: number): void
  /** A fault of the program: nothing more is said. */
  broken(error: unknown): void
}

/** Tells the registry every two seconds, from now on, who works here and what it has to say of itself. */
export const announceWorker = (
  { registry, clock, timers }: AnnouncePorts,
  { name, role, pid }: Pick<WorkerInfo, 'name' | 'role' | 'pid'>,
  itself: () => Omit<WorkerInfo, 'name' | 'role' | 'pid' | 'startedAt'>,
  trouble: AnnounceTrouble,
): Announced => {
  const startedAt = clock.now()
  let cancel = (): void => undefined
  let isSilent = false
  let missed = 0
  const word = async (): Promise<void> => {
    try {
      await registry.announce({ ...{ name, role, pid, startedAt }, ...itself() }, FORGOTTEN_MS)
      missed = 0
    } catch (error) {
      if (!isPlatformError(error)) return trouble.broken(error)
      trouble.missed(error, ++missed)
    }
    if (!isSilent) cancel = timers.after(EVERY_MS, say)
  }
  let saying = Promise.resolve()
  const say = (): void => void (saying = word())
  const silence = (): void => {
    isSilent = true
    cancel()
  }
  say()
  return {
    silence,
    leave: async () => {
      silence()
      // a word on its way would put it on the list again
      await saying
      await registry.leave(name).catch((error: unknown) => {
        if (!isPlatformError(error)) throw error
      })
    },
  }
}

/** Trouble that a person reads of: once each time the registry goes away. A fault ends the process unless `broken` ends the worker. */
export const warnOfRegistry = (
  warn: (sentence: string, cause: unknown) => void,
  broken: (error: unknown) => void = (error) => {
    throw error
  },
): AnnounceTrouble => ({
  missed: (error, inARow) => {
    if (inARow === 1) warn('the worker registry is away', error)
  },
  broken,
})
