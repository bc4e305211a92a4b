import type { Clock, Timers } from '@tidewater/ports'

/** When the last commit was sent, and the next one that nobody else will send. */
export class CommitTimer {
  readonly #clock: Clock
  readonly #timers: Timers
  #sentAt: number
  /** What is planned, and when, ms elapsed. */
  #due = Infinity
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

  /** Calls `commit` once, `everyMs` after the last one was sent, unless it is planned for an earlier moment already. */
  plan(everyMs: number, commit: () => void): void {
    const now = this.#clock.elapsed()
    const due = Math.max(now, this.#sentAt + everyMs)
    if (due >= this.#due) return
    this.cancel()
    this.#due = due
    this.#cancel = this.#timers.after(due - now, () => {
      this.#forget()
      commit()
    })
  }

  cancel(): void {
    this.#cancel?.()
    this.#forget()
  }

  #forget(): void {
    this.#due = Infinity
    this.#cancel = null
  }
}
