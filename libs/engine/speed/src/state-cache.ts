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

/** One group of one view: its newest slice as live state, the older ones as bytes. */
export class Entry {
  readonly bucket: number
  readonly key: string
  /** Null until loaded. */
  state: State | null = null
  /** The slice `state` belongs to. */
  slice = -1
  frozen: Uint8Array | null = null
  /** Changed since the last snapshot for a commit. */
  dirty = false
  /** In a commit whose answer is not here yet. */
  sent = false
  /** The last step that touched it. */
  touched = 0
  /** Where the cache keeps it. */
  at = 0

  constructor(bucket: number, key: string) {
    this.bucket = bucket
    this.key = key
  }
}

/** How many entries the caches of one worker may hold together; dirty ones may exceed it until they are committed (L11). */
export interface CacheBudget {
  readonly most: number
  held: number
}

/** The write-back cache of one view on one partition. */
export class StateCache {
  readonly machine: Machine
  readonly #budget: CacheBudget
  readonly #buckets = new Map<number, Map<string, Entry>>()
  readonly #all: Entry[] = []
  #hand = 0
  #lastBucket = NaN
  #lastMap: Map<string, Entry> = new Map()
  dirty: Entry[] = []
  #sent: Entry[] = []

  constructor(machine: Machine, budget: CacheBudget) {
    this.machine = machine
    this.#budget = budget
  }

  /** The entry, made when it is not there; then its state is null. */
  entry(bucket: number, key: string): Entry {
    const map = bucket === this.#lastBucket ? this.#lastMap : this.#mapOf(bucket)
    const found = map.get(key)
    if (found !== undefined) return found
    const made = new Entry(bucket, key)
    map.set(key, made)
    made.at = this.#all.push(made) - 1
    this.#budget.held++
    return made
  }

  /** Fills an entry from its stored value, or with nothing. Slices below `floor` are left behind. */
  fill(entry: Entry, value: Uint8Array | null, floor: number): void {
    const slices = value === null ? [] : readSlices(value)
    const newest = slices.at(-1)
    if (value === null || newest === undefined || newest.slice < floor) {
      entry.state = this.machine.zero()
      entry.slice = -1
      entry.frozen = null
      return
    }
    entry.state = this.machine.decode(value, newest.start, newest.end)
    entry.slice = newest.slice
    entry.frozen = frozenBytes(value, slices, floor, newest.slice)
  }

  /** Makes `slice` the live one: the state so far is kept as bytes, a new one begins. */
  freeze(entry: Entry, slice: number, scratch: ByteSink): void {
    if (entry.state === null || entry.slice > slice)
      throw new Error(`slice ${slice} after ${entry.slice}: slices never fall`)
    if (entry.slice >= 0) {
      scratch.length = 0
      if (entry.frozen !== null) appendFrozen(scratch, entry.frozen)
      const start = beginSlice(scratch, entry.slice)
      this.machine.encode(entry.state, scratch)
      endSlice(scratch, start)
      entry.frozen = scratch.bytes.slice(0, scratch.length)
      entry.state = this.machine.zero()
    }
    entry.slice = slice
  }

  markDirty(entry: Entry): void {
    entry.dirty = true
    this.dirty.push(entry)
  }

  /** Appends the entry's stored value; frozen slices below `floor` are dropped on the way. */
  encode(entry: Entry, out: ByteSink, newestMs: number, floor: number): void {
    if (entry.state === null) throw new Error(`${entry.key} is written before it is loaded`)
    if (newestMs > -Infinity) this.machine.trim(entry.state, newestMs)
    const value = beginValue(out)
    if (entry.frozen !== null) {
      entry.frozen = aboveFloor(entry.frozen, floor)
      if (entry.frozen !== null) appendFrozen(out, entry.frozen)
    }
    const start = beginSlice(out, entry.slice)
    this.machine.encode(entry.state, out)
    endSlice(out, start)
    endValue(out, value, entry.slice)
  }

  /** The dirty entries are in a commit now. */
  markSent(): void {
    this.#sent = this.dirty
    this.dirty = []
    for (const entry of this.#sent) {
      entry.dirty = false
      entry.sent = true
    }
  }

  markStored(): void {
    for (const entry of this.#sent) entry.sent = false
    this.#sent = []
  }

  /** Forgets every entry that is not as stored. */
  dropChanged(): void {
    for (const entry of this.#sent) this.#remove(entry)
    for (const entry of this.dirty) this.#remove(entry)
    this.#sent = []
    this.dirty = []
  }

  clear(): void {
    this.#budget.held -= this.#all.length
    this.#all.length = 0
    this.#buckets.clear()
    this.#lastBucket = NaN
    this.#sent = []
    this.dirty = []
  }

  /** Gives back entries untouched since `step` while the worker holds too many; looks at a bounded number of them. */
  evict(step: number): void {
    let looks = Math.min(this.#all.length, 2 * Math.max(0, this.#budget.held - this.#budget.most) + 64)
    while (this.#budget.held > this.#budget.most && looks-- > 0 && this.#all.length > 0) {
      if (this.#hand >= this.#all.length) this.#hand = 0
      const entry = this.#all[this.#hand] as Entry
      if (entry.dirty || entry.sent || entry.touched >= step) this.#hand++
      else this.#remove(entry)
    }
  }

  #mapOf(bucket: number): Map<string, Entry> {
    let map = this.#buckets.get(bucket)
    if (map === undefined) {
      map = new Map()
      this.#buckets.set(bucket, map)
    }
    this.#lastBucket = bucket
    this.#lastMap = map
    return map
  }

  #remove(entry: Entry): void {
    const map = this.#buckets.get(entry.bucket)
    if (map?.get(entry.key) !== entry) return
    map.delete(entry.key)
    if (map.size === 0) {
      this.#buckets.delete(entry.bucket)
      if (entry.bucket === this.#lastBucket) this.#lastBucket = NaN
    }
    const last = this.#all.pop() as Entry
    if (last !== entry) {
      this.#all[entry.at] = last
      last.at = entry.at
    }
    this.#budget.held--
  }
}

/** Framed slices at or above the floor. */
const aboveFloor = (frozen: Uint8Array, floor: number): Uint8Array | null => {
  const view = new DataView(frozen.buffer, frozen.byteOffset, frozen.byteLength)
  let at = 0
  while (at < frozen.length && view.getUint32(at) < floor) at += 8 + view.getUint32(at + 4)
  return at === 0 ? frozen : at >= frozen.length ? null : frozen.subarray(at)
}
