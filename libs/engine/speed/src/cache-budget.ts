/** From so many bytes on a group stays open; it is written less often than it is changed. */
const LARGE_BYTES = 4_096
/** Of the budget, what groups that stay open may take. */
const OPEN_SHARE = 0.25

/** How many bytes the caches of one worker may hold together; changed groups may exceed it until they are committed (L11). */
export class CacheBudget {
  readonly most: number
  /** From so many bytes on a group stays open. */
  readonly large: number
  held = 0
  /** Of `held`, by groups that stay open. */
  open = 0

  constructor(most: number, large = LARGE_BYTES) {
    this.most = most
    this.large = large
  }

  /** Fewer groups must stay open. */
  get isTooOpen(): boolean {
    return this.open > this.most * OPEN_SHARE
  }
}
