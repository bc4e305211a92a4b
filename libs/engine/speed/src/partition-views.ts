import { partitionFor } from '@tidewater/base'
import type { Machine, Row } from '@tidewater/plan'
import { type Address, type LogRecord, type StateWrite, type TopicPartition } from '@tidewater/ports'
import { sliceOf, type Header } from '@tidewater/seam'
import type { Counters, RecordCounters } from './counters.ts'
import type { CacheBudget } from './cache-budget.ts'
import type { Entry } from './entry.ts'
import type { LiveGroup } from './live-group.ts'
import type { SpeedView } from './speed-source.ts'
import { StateCache } from './state-cache.ts'
import { StepGroups } from './step-groups.ts'

/** The parts of one partition in memory: the groups of its views, and which of them the step under way changes. */
export class PartitionViews {
  readonly #place: TopicPartition
  readonly #views: readonly SpeedView[]
  readonly #counters: Pick<Counters, 'keys_strayed'>
  readonly #caches: readonly StateCache[]
  readonly #missing: readonly Entry[][]
  readonly #homesKnown = new Set<number>()
  readonly #strays = new Set<number>()
  /** By which homes of keys are told. */
  #partitions = 1
  #step = 0
  /** Of the step under way: its rows, the slice of each, and each view's groups. */
  #rows: (Row | null)[] = []
  #slices: number[] = []
  readonly #groups: readonly StepGroups[]

  constructor(
    place: TopicPartition,
    views: readonly SpeedView[],
    counters: Pick<Counters, 'keys_strayed'>,
    budget: CacheBudget,
  ) {
    this.#place = place
    this.#views = views
    this.#counters = counters
    this.#caches = views.map(({ machine }) => new StateCache(machine, budget))
    this.#missing = this.#caches.map(() => [])
    this.#groups = this.#caches.map(() => new StepGroups())
  }

  get fingerprints(): readonly string[] {
    return this.#caches.map((cache) => cache.machine.fingerprint)
  }

  /** Groups a snapshot now would write. */
  get changes(): number {
    return this.#caches.reduce((sum, { changes }) => sum + changes, 0)
  }

  /** A step begins. */
  begin(): void {
    this.#step++
    for (const groups of this.#groups) groups.clear()
  }

  /** The step's record of that number changes nothing. */
  skip(number: number): void {
    this.#rows[number] = null
  }

  /** Finds each view's group of a row, which is the step's record `number`; `watermark` is set when the row may be late somewhere. */
  group(row: Row, number: number, watermark: number, counts: RecordCounters): void {
    this.#rows[number] = row
    let late = false
    for (let v = 0; v < this.#caches.length; v++) {
      const cache = this.#caches[v] as StateCache
      const { machine } = cache
      const key = machine.keyOf(row)
      if (key === null) {
        if (machine.why(row) === 'keyless') counts.events_keyless++
        continue
      }
      const bucket = machine.bucketOf(row)
      late ||= watermark > -Infinity && machine.view.window !== null && machine.bucketEnd(bucket) <= watermark
      const entry = cache.entry(bucket, key)
      if (!entry.known && entry.touched !== this.#step) this.#miss(v, entry)
      ;(this.#groups[v] as StepGroups).add(entry, number, this.#step)
    }
    if (late) counts.events_late++
  }

  #miss(view: number, entry: Entry): void {
    ;(this.#missing[view] as Entry[]).push(entry)
    if (this.#views[view]?.routed !== true) return
    const home = partitionFor(entry.key, this.#partitions)
    if (home !== this.#place.partition && !this.#homesKnown.has(home)) this.#strays.add(home)
  }

  /** Groups the step needs and memory lacks. */
  missing(): Address[] {
    return this.#missing.flatMap((entries, v) => {
      const { fingerprint } = (this.#caches[v] as StateCache).machine
      return entries.map(({ bucket, key }) => ({ fingerprint, bucket, key }))
    })
  }

  /** Partitions whose header must be marked before what `missing` named may be committed. */
  strays(): readonly number[] {
    return [...this.#strays]
  }

  /** The stored values of `missing()`, in its order; the strays are marked. */
  fill(values: readonly (Uint8Array | null)[]): void {
    let i = 0
    for (const [v, entries] of this.#missing.entries()) {
      for (const entry of entries) (this.#caches[v] as StateCache).fill(entry, values[i++] ?? null)
      entries.length = 0
    }
    for (const home of this.#strays) this.#homesKnown.add(home)
    this.#counters.keys_strayed += this.#strays.size
    this.#strays.clear()
  }

  /**
   * Each row into the slice its offset belongs to (C2), group by group. `newest` is the highest event time of the records so far,
   * ms: −∞ without one.
   */
  apply(
    records: readonly LogRecord[],
    from: number,
    to: number,
    { cuts, floor }: Header,
    newest: number,
  ): void {
    let slice = -1
    let until = -1
    for (let i = from; i < to; i++) {
      const { offset } = records[i] as LogRecord
      if (offset >= until) {
        slice = sliceOf(cuts, offset)
        until = Math.min(...cuts.map((c) => (c.cut > offset ? c.cut : Infinity)))
      }
      this.#slices[i - from] = slice
    }
    for (let v = 0; v < this.#caches.length; v++) {
      const groups = this.#groups[v] as StepGroups
      const cache = this.#caches[v] as StateCache
      for (const entry of groups.entries) {
        // below the floor it is in the batch part of every generation that can still be read; slices never fall
        if ((this.#slices[entry.lastRow] as number) < floor) continue
        const group = cache.open(entry, floor)
        for (let i = entry.firstRow; i >= 0; i = groups.after(i))
          if ((this.#slices[i] as number) >= floor)
            this.#add(cache.machine, group, i, (records[from + i] as LogRecord).offset)
        cache.close(entry, newest)
      }
      groups.clear()
      cache.evict(this.#step)
    }
    // a row that waits here for the next step would outlive the young generation
    this.#rows.fill(null)
  }

  #add(machine: Machine, group: LiveGroup, number: number, offset: number): void {
    const state = group.stateOf(this.#slices[number] as number)
    machine.add(state, this.#rows[number] as Row, this.#place.partition, offset)
  }

  /** Every group that has changed since the last one; the bytes are valid until the next step. */
  snapshot(): readonly StateWrite[] {
    return this.#caches.flatMap((cache) => cache.snapshot())
  }

  /** The last snapshot is stored. */
  stored(): void {
    for (const cache of this.#caches) cache.stored()
  }

  /** Forgets every group that is not as stored. */
  dropChanged(): void {
    for (const cache of this.#caches) cache.dropChanged()
  }

  resume({ partitions }: Header): void {
    for (const missing of this.#missing) missing.length = 0
    this.#partitions = partitions
  }

  clear(): void {
    for (const cache of this.#caches) cache.clear()
    for (const missing of this.#missing) missing.length = 0
    for (const groups of this.#groups) groups.clear()
    this.#rows = []
    this.#homesKnown.clear()
    this.#strays.clear()
  }
}
