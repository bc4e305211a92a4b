import type { Clock } from '@tidewater/ports'

export interface MemoryClock extends Clock {
  set(ms: number): void
  advance(ms: number): void
}

/** A clock that moves only when told to. */
export const createMemoryClock = (startMs = 0): MemoryClock => {
  let now = startMs
  return {
    now: () => now,
    set: (ms) => {
      now = ms
    },
    advance: (ms) => {
      now += ms
    },
  }
}
