import { isPlatformError } from '@tidewater/base'
import type { Clock, LogControl } from '@tidewater/ports'

const HEARTBEAT_MS = 1_000

/** Keeps a worker a member of its group through work that takes longer than a heartbeat may wait. */
export class Membership {
  readonly #clock: Clock
  #beatAt: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#beatAt = clock.elapsed()
  }

  /** False once a rebalance has begun or nobody answers: what is not stored may be somebody else's to do. */
  async isKept(control: LogControl): Promise<boolean> {
    const now = this.#clock.elapsed()
    if (now - this.#beatAt < HEARTBEAT_MS) return true
    this.#beatAt = now
    try {
      await control.heartbeat()
      return true
    } catch (error) {
      if (!isPlatformError(error)) throw error
      return false
    }
  }
}
