/** One event as it is sent, and when: one that was held up is sent after it happened. */
export interface Sent<Event> {
  /** ms since epoch. */
  readonly sendAt: number
  readonly event: Event
}

export interface TrafficOptions {
  readonly seed: number
  /** The first event comes about now, ms since epoch. */
  readonly now: number
  /** Events per second on average. */
  readonly rate: number
}

export const isoOf = (ms: number): string => new Date(Math.floor(ms)).toISOString()
