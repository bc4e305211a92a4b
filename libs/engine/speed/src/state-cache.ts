import type { StateWrite } from '@tidewater/ports'
import type { Machine } from '@tidewater/plan'
import { LiveGroup } from './live-group.ts'
import { Slab, type Span } from './slab.ts'

/** One group of one view: where its value lies in the slab, and how it stands to the store. */
export class Entry implements Span {
  readonly bucket: number
  readonly key: string
  from = 0
  size = 0
  /** False until the store was asked for it. */
  known = false
  /** Changed since the last snapshot for a commit. */
  dirty = false
  /** In a commit whose answer is not here yet. */
  sent = false
  /** The last step that touched it, and the first and last of its rows there. */
  touched = 0
  firstRow = 0
  lastRow = 0
  /** Where the cache keeps it. */
  at = 0

  constructor(bucket: number, key: string) {
    this.bucket = bucket
    this.key = key
  }
}

/** What a group takes beside its value and its key: the object, the key's header, its places in two tables. */
export const ENTRY_BYTES = 200

/** How many bytes the caches of one worker may hold together; changed groups may exceed it until they are committed (L11). */
export interface CacheBudget {
  readonly most: number
  held: number
}

/** The write-back cache of one view on one partition: groups as the bytes that the store has of them, or will have. */
export class StateCache {
  readonly machine: Machine
  /** The group that is being changed. */
  readonly live: LiveGroup
  readonly #budget: CacheBudget
  readonly #buckets = new Map<number, Map<string, Entry>>()
  readonly #all: Entry[] = []
  readonly #slab = new Slab(this.#all)
  #held = 0
  #hand = 0
  #lastBucket = NaN
  #lastMap: Map<string, Entry> = new Map()
  #dirty: Entry[] = []
  #sent: Entry[] = []

  constructor(machine: Machine, budget: CacheBudget) {
    this.machine = machine
    this.live = new LiveGroup(machine)
    this.#budget = budget
  }

  /** Groups the next snapshot writes. */
  get changes(): number {
    return this.#dirty.length
  }

  /** The entry, made when it is not there; then it is not `known`. */
  entry(bucket: number, key: string): Entry {
    const map = bucket === this.#lastBucket ? this.#lastMap : this.#mapOf(bucket)
    const found = map.get(key)
    if (found !== undefined) return found
    const made = new Entry(bucket, key)
    map.set(key, made)
    made.at = this.#all.push(made) - 1
    this.#hold(ENTRY_BYTES + key.length)
    return made
  }

  /** What the store has of an entry. */
  fill(entry: Entry, value: Uint8Array | null): void {
    entry.known = true
    if (value !== null) this.#keep(entry, value)
  }

  /** Makes the entry the live group. Slices below `floor` are left behind. */
  open(entry: Entry, floor: number): void {
    if (!entry.known) throw new Error(`${entry.key} is changed before it is loaded`)
    this.live.open(this.#slab.bytes, entry.from, entry.from + entry.size, floor)
  }

  /** The entry's value is what the live group has become. */
  close(entry: Entry, newestMs: number): void {
    this.#keep(entry, this.live.encode(newestMs))
    if (entry.dirty) return
    entry.dirty = true
    this.#dirty.push(entry)
  }

  /** What has changed since the last snapshot; the values are valid until the next change. */
  snapshot(): readonly StateWrite[] {
    const { fingerprint } = this.machine
    const { bytes } = this.#slab
    this.#sent = this.#dirty
    this.#dirty = []
    return this.#sent.map((entry) => {
      entry.dirty = false
      entry.sent = true
      const value = bytes.subarray(entry.from, entry.from + entry.size)
      return { fingerprint, bucket: entry.bucket, key: entry.key, value }
    })
  }

  /** The last snapshot is stored. */
  stored(): void {
    for (const entry of this.#sent) entry.sent = false
    this.#sent = []
  }

  /** Forgets every entry that is not as stored. */
  dropChanged(): void {
    for (const entry of this.#sent) this.#remove(entry)
    for (const entry of this.#dirty) this.#remove(entry)
    this.#sent = []
    this.#dirty = []
  }

  clear(): void {
    this.#hold(-this.#held)
    this.#all.length = 0
    this.#slab.clear()
    this.#buckets.clear()
    this.#lastBucket = NaN
    this.#sent = []
    this.#dirty = []
  }

  /** Gives back entries untouched since `step` while the worker holds too much; looks at a bounded number of them. */
  evict(step: number): void {
    const { held, most } = this.#budget
    let looks = Math.min(this.#all.length, 64 + Math.max(0, (2 * (held - most)) / ENTRY_BYTES))
    while (this.#budget.held > most && looks-- > 0 && this.#all.length > 0) {
      if (this.#hand >= this.#all.length) this.#hand = 0
      const entry = this.#all[this.#hand] as Entry
      if (entry.dirty || entry.sent || entry.touched >= step) this.#hand++
      else this.#remove(entry)
    }
  }

  #hold(bytes: number): void {
    this.#held += bytes
    this.#budget.held += bytes
  }

  #keep(entry: Entry, value: Uint8Array): void {
    this.#hold(value.length - entry.size)
    this.#slab.put(entry, value)
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
    this.#hold(-(ENTRY_BYTES + entry.key.length + entry.size))
    this.#slab.drop(entry)
    const last = this.#all.pop() as Entry
    if (last !== entry) {
      this.#all[entry.at] = last
      last.at = entry.at
    }
  }
}
