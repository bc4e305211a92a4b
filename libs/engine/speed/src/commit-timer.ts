import type { Clock, Timers } from '@tidewater/ports'

/** When the last commit was sent, and the next one that nobody else will send. */
export class CommitTimer {
  readonly #clock: Clock
  readonly #timers: Timers
  #sentAt: number
  #cancel: (() => void) | null = null

  constructor(clock: Clock, timers: Timers) {
    this.#clock = clock
    this.#timers = timers
    this.#sentAt = clock.elapsed()
  }

  /** ms since the last commit was sent. */
  get waited(): number {
    return this.#clock.elapsed() - this.#sentAt
  }

  sent(): void {
    this.#sentAt = this.#clock.elapsed()
  }

  /** Calls `commit` once, `everyMs` after the last one was sent; one call at a time is planned. */
  plan(everyMs: number, commit: () => void): void {
    this.#cancel ??= this.#timers.after(Math.max(0, everyMs - this.waited), () => {
      this.#cancel = null
      commit()
    })
  }

  cancel(): void {
    this.#cancel?.()
    this.#cancel = null
  }
}
