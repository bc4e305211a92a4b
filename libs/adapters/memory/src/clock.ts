import type { Clock } from '@tidewater/ports'

export interface MemoryClock extends Clock {
  /** Steps the wall clock, as an administrator or a time server does; no time passes. */
  set(ms: number): void
  /** Time passes. */
  advance(ms: number): void
}

/** A clock that moves only when told to. */
export const createMemoryClock = (startMs = 0): MemoryClock => {
  let now = startMs
  let elapsed = 0
  return {
    now: () => now,
    elapsed: () => elapsed,
    set: (ms) => {
      now = ms
    },
    advance: (ms) => {
      now += ms
      elapsed += ms
    },
  }
}
