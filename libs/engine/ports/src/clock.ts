/** The only source of "now" and of durations. */
export interface Clock {
  /** The wall clock, ms since epoch, UTC: for answers and event time. It may step back and forward. */
  now(): number
  /** ms of a clock that never steps: only differences mean anything, and only they measure durations. */
  elapsed(): number
}
