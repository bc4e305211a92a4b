import type { Clock, Timers } from '@tidewater/ports'
import type { World } from '../simulated/index.ts'

/** Time as a test has it: it passes only while the test waits for something, and then at once. */
export interface PassingTime {
  readonly clock: Clock
  readonly timers: Timers
  /** Lets time pass until this is so. Throws when it is not within `ms`, or when nothing is left that could happen. */
  until(holds: () => boolean | Promise<boolean>, ms?: number): Promise<void>
  /** Lets time pass until `work` is done, and answers what it does. */
  during<T>(work: Promise<T>, ms?: number): Promise<T>
  advance(ms: number): Promise<void>
  /** Steps the wall clock, as an administrator or a time server does; no time passes. */
  setClock(ms: number): void
}

const PATIENCE_MS = 600_000

/** A wait inside another's, as of something that happens meanwhile, is carried by the outer one. */
export const passingTime = ({ time, clock }: Pick<World, 'time' | 'clock'>): PassingTime => {
  let isPassing = false
  const pass = async (ms: number, isOver: () => boolean): Promise<void> => {
    isPassing = true
    await time.runUntil(time.now() + ms, isOver).finally(() => (isPassing = false))
    if (!isOver()) throw new Error(`not within ${ms} ms`)
  }
  const next = (): Promise<void> => {
    if (isPassing) return new Promise((resolve) => void time.after(1, resolve))
    const { happened } = time
    return pass(PATIENCE_MS, () => time.happened > happened)
  }
  return {
    clock,
    timers: { after: (ms, run) => time.after(ms, run) },
    until: async (holds, ms = PATIENCE_MS) => {
      const end = time.now() + ms
      while (!(await holds())) {
        if (time.now() > end) throw new Error(`not within ${ms} ms: ${holds}`)
        await next()
      }
    },
    during: async (work, ms = PATIENCE_MS) => {
      if (isPassing) return work
      let isDone = false
      const done = (): void => void (isDone = true)
      work.then(done, done)
      await pass(ms, () => isDone)
      return work
    },
    advance: (ms) => time.runUntil(time.now() + ms),
    setClock: (ms) => clock.step(ms - clock.now()),
  }
}
