import { partitionFor } from '@tidewater/base'
import type { Row } from '@tidewater/plan'
import { type Address, type LogRecord, type SeenChunk, type TopicPartition } from '@tidewater/ports'
import { sliceOf, type Header } from '@tidewater/seam'
import { CopiesTold } from './copies-told.ts'
import { addCounts, newRecordCounters, type Counters } from './counters.ts'
import { Outbox } from './outbox.ts'
import { lasting, type Snapshot } from './snapshot.ts'
import type { SpeedSource } from './speed-source.ts'
import { StateCache, type CacheBudget, type Entry } from './state-cache.ts'
import { StepGroups } from './step-groups.ts'

/**
 * Parts and carry of one partition in memory, and the arithmetic on them: judge, fill, apply, snapshot. It waits for nothing
 * and decides nothing about ownership; `Task` does.
 */
export class PartitionState {
  readonly #place: TopicPartition
  readonly #source: SpeedSource
  readonly #counters: Counters
  readonly #caches: readonly StateCache[]
  readonly #missing: readonly Entry[][]
  readonly #homesKnown = new Set<number>()
  readonly #strays = new Set<number>()
  /** By which homes of keys are told. */
  #partitions = 1
  readonly #copies: CopiesTold
  #appended = 0
  #newest = -Infinity
  readonly #outbox: Outbox
  #step = 0
  #counts = newRecordCounters()
  /** Of the step under way: its rows, the slice of each, and each view's groups. */
  #rows: (Row | null)[] = []
  #slices: number[] = []
  readonly #groups: readonly StepGroups[]

  constructor(place: TopicPartition, source: SpeedSource, counters: Counters, budget: CacheBudget) {
    this.#place = place
    this.#source = source
    this.#counters = counters
    this.#caches = source.views.map(({ machine }) => new StateCache(machine, budget))
    this.#missing = this.#caches.map(() => [])
    this.#groups = this.#caches.map(() => new StepGroups())
    this.#copies = new CopiesTold(source)
    this.#outbox = new Outbox(place, source.streams)
  }

  /** How far the records go that are judged; `lastAppended` is the prefix maximum of append time (A of semantics I2). */
  get reached(): Pick<Header, 'lastAppended' | 'maxEventTime' | 'sent'> {
    const maxEventTime = this.#newest === -Infinity ? null : this.#newest
    return { lastAppended: this.#appended, maxEventTime, sent: this.#copies.sent }
  }

  get outbox(): Outbox {
    return this.#outbox
  }

  get fingerprints(): readonly string[] {
    return this.#caches.map((cache) => cache.machine.fingerprint)
  }

  /** Groups a snapshot now would write. */
  get changes(): number {
    return this.#caches.reduce((sum, { changes }) => sum + changes, 0)
  }

  /**
   * First half of a step: rows, duplicates, groups. Records below `position` are redeliveries; those below the header's
   * nextOffset are read for their ids only. Makes no object per record but its row.
   */
  judge(records: readonly LogRecord[], from: number, to: number, position: number, header: Header): void {
    const source = this.#source
    const counts = this.#counts
    this.#step++
    for (const groups of this.#groups) groups.clear()
    for (let i = from; i < to; i++) {
      const record = records[i] as LogRecord
      this.#rows[i - from] = null
      if (record.offset < position) continue
      // read again for its id only: counted when it was applied
      const isNew = record.offset >= header.nextOffset
      const once = isNew ? 1 : 0
      counts.events_read += once
      if (record.appendedAt > this.#appended) this.#appended = record.appendedAt
      const row = source.decode(record.value, record.appendedAt)
      if (row === null) {
        counts.events_dead += once
        continue
      }
      if (this.#copies.isCopy(source.idOf(record, row, this.#place), this.#appended)) {
        counts.events_duplicate += once
        continue
      }
      const watermark = this.#newest - source.latenessMs
      const time = row[source.time] as number
      if (time > this.#newest) this.#newest = time
      if (this.#outbox.hasStreams) counts.events_keyless += this.#outbox.add(row, record.offset, isNew)
      if (!isNew) continue
      this.#rows[i - from] = row
      counts.events_applied++
      this.#group(row, i - from, time < watermark ? watermark : -Infinity)
    }
  }

  /** Finds each view's group of a row; `watermark` is set when the row may be late somewhere. */
  #group(row: Row, number: number, watermark: number): void {
    let late = false
    for (let v = 0; v < this.#caches.length; v++) {
      const cache = this.#caches[v] as StateCache
      const { machine } = cache
      const key = machine.keyOf(row)
      if (key === null) {
        if (machine.why(row) === 'keyless') this.#counts.events_keyless++
        continue
      }
      const bucket = machine.bucketOf(row)
      late ||= watermark > -Infinity && machine.view.window !== null && machine.bucketEnd(bucket) <= watermark
      const entry = cache.entry(bucket, key)
      if (!entry.known && entry.touched !== this.#step) this.#miss(v, entry)
      ;(this.#groups[v] as StepGroups).add(entry, number, this.#step)
    }
    if (late) this.#counts.events_late++
  }

  #miss(view: number, entry: Entry): void {
    ;(this.#missing[view] as Entry[]).push(entry)
    if (this.#source.views[view]?.routed !== true) return
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

  /** Second half of a step: each row into the slice its offset belongs to (C2), group by group. */
  apply(records: readonly LogRecord[], from: number, to: number, { cuts, floor }: Header): void {
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
        cache.open(entry, floor)
        for (let i = entry.firstRow; i >= 0; i = groups.after(i))
          if ((this.#slices[i] as number) >= floor)
            this.#add(cache, i, (records[from + i] as LogRecord).offset)
        cache.close(entry, this.#newest)
      }
      groups.clear()
      cache.evict(this.#step)
    }
    // a row that waits here for the next step would outlive the young generation
    this.#rows.fill(null)
  }

  #add({ machine, live }: StateCache, number: number, offset: number): void {
    const state = live.stateOf(this.#slices[number] as number)
    machine.add(state, this.#rows[number] as Row, this.#place.partition, offset)
  }

  /** Everything changed since the last one. */
  snapshot(): Snapshot {
    const encoded = this.#caches.flatMap((cache) => cache.snapshot())
    const outgoing = this.#outbox.take()
    const writes = outgoing.length === 0 ? encoded : encoded.map(lasting)
    const counts = this.#counts
    this.#counts = newRecordCounters()
    return { writes, ...this.#copies.pending, counts, outgoing }
  }

  /** The last snapshot is stored. */
  stored({ notes, counts }: Snapshot): void {
    addCounts(this.#counters, counts)
    this.#copies.committed(notes)
    for (const cache of this.#caches) cache.stored()
  }

  /** Back to what is stored under `header`; groups that are as stored stay. */
  undo(header: Header): void {
    this.#copies.undo()
    for (const cache of this.#caches) cache.dropChanged()
    this.#resume(header)
  }

  /** Begins from `header` and the stored ids, with nothing in memory. */
  restart(header: Header, chunks: readonly SeenChunk[]): void {
    this.clear()
    for (const chunk of chunks) this.#copies.load(chunk)
    this.#resume(header)
  }

  clear(): void {
    this.#copies.clear()
    for (const cache of this.#caches) cache.clear()
    for (const missing of this.#missing) missing.length = 0
    for (const groups of this.#groups) groups.clear()
    this.#rows = []
    this.#homesKnown.clear()
    this.#strays.clear()
  }

  /** Ids last seen before `time` can judge no record any more. */
  forget(time: number): void {
    this.#copies.forget(time)
  }

  #resume(header: Header): void {
    this.#counts = newRecordCounters()
    for (const missing of this.#missing) missing.length = 0
    this.#partitions = header.partitions
    this.#appended = header.lastAppended
    this.#newest = header.maxEventTime ?? -Infinity
    this.#copies.resume(header)
    this.#outbox.resume(header)
  }
}
