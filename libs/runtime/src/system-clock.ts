import type { Clock } from '@tidewater/ports'

/** This machine's clock. */
export const systemClock: Clock = { now: () => Date.now() }
