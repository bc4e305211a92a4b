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

export const passingTime = ({ time, clock }: Pick<World, 'time' | 'clock'>): PassingTime => {
  const until = async (holds: () => boolean | Promise<boolean>, ms = PATIENCE_MS): Promise<void> => {
    const end = time.now() + ms
    while (!(await holds())) {
      const { happened } = time
      await time.runUntil(end, () => time.happened > happened)
      if (time.happened === happened && !(await holds())) throw new Error(`not within ${ms} ms: ${holds}`)
    }
  }
  return {
    clock,
    timers: { after: (ms, run) => time.after(ms, run) },
    until,
    during: async (work, ms) => {
      let isDone = false
      const done = (): void => void (isDone = true)
      work.then(done, done)
      await until(() => isDone, ms)
      return work
    },
    advance: (ms) => time.runUntil(time.now() + ms),
    setClock: (ms) => clock.step(ms - clock.now()),
  }
}
