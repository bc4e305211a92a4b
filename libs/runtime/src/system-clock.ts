import type { Clock } from '@tidewater/ports'

/** This machine's clocks. */
export const systemClock: Clock = { now: () => Date.now(), elapsed: () => performance.now() }
