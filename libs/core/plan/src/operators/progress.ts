import type { ByteReader, ByteSink } from '@tidewater/base'
import { appendCount, appendSigned } from './value-list.ts'

/** Append time after which nobody waits any longer for an origin that sends nothing, ms. */
export const IDLE = 60_000

interface Origin {
  /** Newest event time it sent. */
  newest: number
  /** Append time of what it sent last. */
  seenAt: number
}

/**
 * How far one side of a log has moved on in event time (semantics J3): as far as all the partitions that its rows come from, less
 * their lateness. An origin that sent nothing in the minute up to the side's last row is not waited for, and one that has not sent yet
 * only for a minute after the side began to send, or to send again. All of it follows from the records: the clock is their append time.
 */
export class Progress {
  /** Every row before it is late. It never falls. */
  watermark = -Infinity
  readonly #latenessMs: number
  readonly #origins = new Map<number, Origin>()
  #expected = 0
  /** Append times: of its last row, and of the first one after it was silent. */
  #lastAt = -Infinity
  #resumedAt = -Infinity

  constructor(latenessMs: number) {
    this.#latenessMs = latenessMs
  }

  /** A row came. `expected`: how many origins there are at least. */
  note(at: number, appendedAt: number, origin: number, expected: number): void {
    if (appendedAt - this.#lastAt > IDLE) this.#resumedAt = appendedAt
    this.#lastAt = appendedAt
    if (expected > this.#expected) this.#expected = expected
    const known = this.#origins.get(origin)
    if (known === undefined) this.#origins.set(origin, { newest: at, seenAt: appendedAt })
    else {
      known.seenAt = appendedAt
      if (at > known.newest) known.newest = at
    }
  }

  /** Moves on as far as is known at an append time. */
  advance(appendedAt: number): void {
    const begins = appendedAt - this.#resumedAt <= IDLE
    if (begins && this.#origins.size < this.#expected) return
    let least = Infinity
    for (const { newest, seenAt } of this.#origins.values())
      if ((begins || this.#lastAt - seenAt <= IDLE) && newest < least) least = newest
    if (least === Infinity) return
    const reached = least - this.#latenessMs
    if (reached > this.watermark) this.watermark = reached
  }

  encode(out: ByteSink): void {
    appendCount(this.#origins.size, out)
    if (this.#origins.size === 0) return
    appendCount(this.#expected, out)
    appendSigned(this.#lastAt, out)
    appendSigned(this.#resumedAt, out)
    appendCount(this.watermark === -Infinity ? 0 : 1, out)
    if (this.watermark !== -Infinity) appendSigned(this.watermark, out)
    for (const [origin, { newest, seenAt }] of this.#origins) {
      appendSigned(origin, out)
      appendSigned(newest, out)
      appendCount(this.#lastAt - seenAt, out)
    }
  }

  decode(from: ByteReader): void {
    const count = from.count()
    if (count === 0) return
    this.#expected = from.count()
    this.#lastAt = from.signed()
    this.#resumedAt = from.signed()
    if (from.count() === 1) this.watermark = from.signed()
    for (let n = 0; n < count; n++)
      this.#origins.set(from.signed(), { newest: from.signed(), seenAt: this.#lastAt - from.count() })
  }
}
