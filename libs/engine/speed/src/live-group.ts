import {
  appendFrozen,
  beginSlice,
  beginValue,
  endSlice,
  endValue,
  frozenBytes,
  readSlices,
} from '@tidewater/seam'
import type { ByteSink } from '@tidewater/base'
import type { Machine, State } from '@tidewater/plan'

/**
 * The one group of a view that is being changed: its newest slice as a state, the older ones as bytes. Groups are bytes before
 * and after, so a state dies young: it lives as long as the rows of one step are added to it.
 */
export class LiveGroup {
  readonly #machine: Machine
  readonly #scratch: ByteSink = { bytes: new Uint8Array(256), length: 0 }
  #state: State
  /** The slice of the state; −1: it is empty. */
  #slice = -1
  #frozen: Uint8Array | null = null

  constructor(machine: Machine) {
    this.#machine = machine
    this.#state = machine.zero()
  }

  /** Begins with the stored value bytes[start, end), or with nothing. Slices below `floor` are left behind. */
  open(bytes: Uint8Array, start: number, end: number, floor: number): void {
    const slices = start === end ? [] : readSlices(bytes, start, end)
    const newest = slices.at(-1)
    if (newest === undefined || newest.slice < floor) {
      this.#state = this.#machine.zero()
      this.#slice = -1
      this.#frozen = null
      return
    }
    this.#state = this.#machine.decode(bytes, newest.start, newest.end)
    this.#slice = newest.slice
    this.#frozen = frozenBytes(bytes, slices, floor, newest.slice)
  }

  /** The state of `slice`: the one there is, or a new one, and what was there is kept as bytes. */
  stateOf(slice: number): State {
    if (slice === this.#slice) return this.#state
    if (slice < this.#slice) throw new Error(`slice ${slice} after ${this.#slice}: slices never fall`)
    if (this.#slice >= 0) this.#freeze()
    this.#slice = slice
    return this.#state
  }

  /** The stored value; valid until the next call. Tiles that no answer at `newestMs` needs are left out. */
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
