import {
  appendFrozen,
  beginSlice,
  beginValue,
  endSlice,
  endValue,
  firstSlice,
  lastSlice,
  payloadOf,
  sliceAt,
} from '@tidewater/seam'
import type { ByteSink } from '@tidewater/base'
import type { Machine, State } from '@tidewater/plan'

/**
 * A group of a view that is being changed: its newest slice as a state, the older ones as bytes. Most groups are bytes before and
 * after, so a state dies young: it lives as long as the rows of one step are added to it.
 */
export class LiveGroup {
  readonly #machine: Machine
  /** Shared by the groups of a cache. */
  readonly #scratch: ByteSink
  #state: State
  /** The slice of the state; −1: it is empty. */
  #slice = -1
  #frozen: Uint8Array | null = null
  #floor = 0

  constructor(machine: Machine, scratch: ByteSink) {
    this.#machine = machine
    this.#scratch = scratch
    this.#state = machine.zero()
  }

  /** Slices below it were left behind. */
  get floor(): number {
    return this.#floor
  }

  /** Begins with the value bytes[start, end), which is known to be intact, or with nothing. Slices below `floor` are left behind. */
  open(bytes: Uint8Array, start: number, end: number, floor: number): void {
    this.#floor = floor
    const first = start === end ? end : firstSlice(bytes, start, end, floor)
    if (first === end) {
      this.#state = this.#machine.zero()
      this.#slice = -1
      this.#frozen = null
      return
    }
    const last = lastSlice(bytes, first, end)
    this.#state = this.#machine.decode(bytes, payloadOf(last), end)
    this.#slice = sliceAt(bytes, last)
    this.#frozen = first === last ? null : bytes.slice(first, last)
  }

  /** The state of `slice`: the one there is, or a new one, and what was there is kept as bytes. */
  stateOf(slice: number): State {
    if (slice === this.#slice) return this.#state
    if (slice < this.#slice) throw new Error(`slice ${slice} after ${this.#slice}: slices never fall`)
    if (this.#slice >= 0) this.#freeze()
    this.#slice = slice
    return this.#state
  }

  /** The value, not sealed yet; valid until the next call to a group of the cache. Tiles that no answer at `newestMs` needs are left out. */
  encode(newestMs: number): Uint8Array {
    const out = this.#scratch
    out.length = 0
    if (newestMs > -Infinity) this.#machine.trim(this.#state, newestMs)
    const value = beginValue(out)
    this.#append(out)
    endValue(out, value, this.#slice)
    return out.bytes.subarray(0, out.length)
  }

  #freeze(): void {
    const out = this.#scratch
    out.length = 0
    this.#append(out)
    this.#frozen = out.bytes.slice(0, out.length)
    this.#state = this.#machine.zero()
  }

  #append(out: ByteSink): void {
    if (this.#frozen !== null) appendFrozen(out, this.#frozen)
    const start = beginSlice(out, this.#slice)
    this.#machine.encode(this.#state, out)
    endSlice(out, start)
  }
}
