import type { ByteSink } from '@tidewater/base'
import type { StateWrite } from '@tidewater/ports'
import type { Machine } from '@tidewater/plan'
import { checkValue, sealValue } from '@tidewater/seam'
import type { CacheBudget } from './cache-budget.ts'
import { Entry } from './entry.ts'
import { LiveGroup } from './live-group.ts'
import { OpenGroups } from './open-groups.ts'
import { Slab } from './slab.ts'

/** What a group takes beside its value and its key: the object, the key's header, its places in two tables. */
export const ENTRY_BYTES = 200

/**
 * The write-back cache of one view on one partition: groups as the bytes that the store has of them, or will have. Large ones
 * stay open from step to step: to read and write them whole for every few rows costs what they have become, not what is new.
 */
export class StateCache {
  readonly machine: Machine
  readonly #budget: CacheBudget
  readonly #buckets = new Map<number, Map<string, Entry>>()
  readonly #all: Entry[] = []
  readonly #slab = new Slab(this.#all)
  readonly #scratch: ByteSink = { bytes: new Uint8Array(256), length: 0 }
  /** The group that is being changed, unless its entry has one of its own. */
  #live: LiveGroup
  readonly #open: OpenGroups
  #newestMs = -Infinity
  #held = 0
  #hand = 0
  #lastBucket = NaN
  #lastMap: Map<string, Entry> = new Map()
  #dirty: Entry[] = []
  #sent: Entry[] = []

  constructor(machine: Machine, budget: CacheBudget) {
    this.machine = machine
    this.#live = new LiveGroup(machine, this.#scratch)
    this.#budget = budget
    this.#open = new OpenGroups(budget)
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

  /** What the store has of an entry. Throws `UNAVAILABLE` when it is damaged. */
  fill(entry: Entry, value: Uint8Array | null): void {
    if (value !== null) checkValue(value)
    entry.known = true
    if (value !== null) this.#keep(entry, value)
  }

  /** The entry's group, to be changed and closed before another is opened. Slices below `floor` are left behind. */
  open(entry: Entry, floor: number): LiveGroup {
    if (!entry.known) throw new Error(`${entry.key} is changed before it is loaded`)
    if (entry.live !== null && entry.live.floor !== floor) this.#rest(entry)
    if (entry.live !== null) return entry.live
    this.#live.open(this.#slab.bytes, entry.from, entry.from + entry.size, floor)
    return this.#live
  }

  /** The entry's value is what its group has become. `newestMs` never falls while something is not stored. */
  close(entry: Entry, newestMs: number): void {
    this.#newestMs = newestMs
    if (entry.live !== null) this.#open.use(entry)
    else {
      this.#keep(entry, this.#live.encode(newestMs))
      if (entry.size >= this.#budget.large) this.#stay(entry)
    }
    if (entry.dirty) return
    entry.dirty = true
    this.#dirty.push(entry)
  }

  /** What has changed since the last snapshot; the values are valid until the next change. */
  snapshot(): readonly StateWrite[] {
    const { fingerprint } = this.machine
    this.#sent = this.#dirty
    this.#dirty = []
    for (const entry of this.#sent) this.#write(entry)
    const { bytes } = this.#slab
    return this.#sent.map((entry) => {
      const { bucket, key, from, size } = entry
      entry.dirty = false
      entry.sent = true
      sealValue(bytes, from, from + size)
      return { fingerprint, bucket, key, value: bytes.subarray(from, from + size) }
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
    this.#open.clear()
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
    for (const entry of this.#open.tooMany()) this.#rest(entry)
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
    const before = entry.room
    this.#slab.put(entry, value)
    this.#hold(entry.room - before)
  }

  /** The group is the entry's own from now on. */
  #stay(entry: Entry): void {
    this.#open.add(entry, this.#live)
    this.#live = new LiveGroup(this.machine, this.#scratch)
  }

  /** The entry is bytes again. */
  #rest(entry: Entry): void {
    if (entry.dirty) this.#write(entry)
    this.#open.remove(entry)
  }

  #write(entry: Entry): void {
    if (entry.live === null) return
    this.#keep(entry, entry.live.encode(this.#newestMs))
    this.#open.weigh(entry)
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
    this.#open.remove(entry)
    this.#hold(-(ENTRY_BYTES + entry.key.length + entry.room))
    this.#slab.drop(entry)
    const last = this.#all.pop() as Entry
    if (last !== entry) {
      this.#all[entry.at] = last
      last.at = entry.at
    }
  }
}
