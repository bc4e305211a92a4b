import type { LogRecord, TopicPartition } from '@tidewater/ports'
import type { OperatorPlace } from '@tidewater/plan'
import type { Header } from '@tidewater/seam'
import { CopiesTold } from './copies-told.ts'
import { addCounts, newRecordCounters, type Counters } from './counters.ts'
import { Outbox } from './outbox.ts'
import type { Carry } from './partition-handover.ts'
import { PartitionOperators } from './partition-operators.ts'
import { PartitionStreams } from './partition-streams.ts'
import { PartitionViews } from './partition-views.ts'
import { lasting, type Snapshot } from './snapshot.ts'
import type { SpeedSource } from './speed-source.ts'
import type { CacheBudget } from './cache-budget.ts'

/**
 * Parts and carry of one partition in memory, and the arithmetic on them: judge, fill, apply, snapshot. It waits for nothing
 * and decides nothing about ownership; `Task` does.
 */
export class PartitionState {
  readonly views: PartitionViews
  readonly operators: PartitionOperators
  readonly outbox: Outbox
  readonly #place: TopicPartition
  readonly #source: SpeedSource
  readonly #counters: Counters
  readonly #streams: PartitionStreams
  readonly #copies: CopiesTold
  #appended = 0
  #newest = -Infinity
  #counts = newRecordCounters()

  constructor(place: TopicPartition, source: SpeedSource, counters: Counters, budget: CacheBudget) {
    this.#place = place
    this.#source = source
    this.#counters = counters
    this.views = new PartitionViews(place, source.views, counters, budget)
    this.operators = new PartitionOperators(source.operators)
    this.outbox = new Outbox(place)
    this.#streams = new PartitionStreams(source.streams)
    this.#copies = new CopiesTold(source)
  }

  /** How far the records go that are judged; `lastAppended` is the prefix maximum of append time (A of semantics I2). */
  get reached(): Pick<Header, 'lastAppended' | 'maxEventTime' | 'sent'> {
    const maxEventTime = this.#newest === -Infinity ? null : this.#newest
    return { lastAppended: this.#appended, maxEventTime, sent: this.#copies.sent }
  }

  /** Groups a snapshot now would write, and rows it would send. */
  get changes(): number {
    return this.views.changes + this.outbox.size
  }

  /**
   * First half of a step: rows, duplicates, groups. Records below `position` are redeliveries; those below the header's
   * nextOffset are read for their ids only. Makes no object per record but its row.
   */
  judge(records: readonly LogRecord[], from: number, to: number, position: number, header: Header): void {
    const source = this.#source
    const counts = this.#counts
    this.views.begin()
    for (let i = from; i < to; i++) {
      const record = records[i] as LogRecord
      this.views.skip(i - from)
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
      if (this.#streams.areThere)
        counts.events_keyless += this.#streams.make(row, record.offset, isNew, this.outbox)
      if (this.operators.areThere) this.operators.step(row, this.#placeOf(record), isNew, this.outbox, counts)
      if (!isNew) continue
      counts.events_applied++
      this.views.group(row, i - from, time < watermark ? watermark : -Infinity, counts)
    }
  }

  #placeOf({ offset }: LogRecord): OperatorPlace {
    const { partition } = this.#place
    return { partition, offset, appendedAt: this.#appended, origin: this.#copies.from?.partition ?? null }
  }

  /** Second half of a step, when the groups that were missing are filled. */
  apply(records: readonly LogRecord[], from: number, to: number, header: Header): void {
    this.views.apply(records, from, to, header, this.#newest)
  }

  /** Everything changed since the last one. */
  snapshot(): Snapshot {
    const encoded = this.views.snapshot()
    const outgoing = this.outbox.take()
    const operators = this.operators.snapshot()
    const writes = [...(outgoing.length === 0 ? encoded : encoded.map(lasting)), ...operators.writes]
    const counts = this.#counts
    this.#counts = newRecordCounters()
    return { writes, deletes: operators.deletes, ...this.#copies.pending, counts, outgoing }
  }

  /** The last snapshot is stored. */
  stored({ notes, counts }: Snapshot): void {
    addCounts(this.#counters, counts)
    this.#copies.committed(notes)
    this.views.stored()
  }

  /** Operators have no way back but to be read from the store again. */
  get canUndo(): boolean {
    return !this.operators.areThere
  }

  /** Back to what is stored under `header`; groups that are as stored stay. */
  undo(header: Header): void {
    this.#copies.undo()
    this.views.dropChanged()
    this.#resume(header)
  }

  /** Begins from `header` and what is stored of the carry, with nothing in memory. */
  restart(header: Header, { seen, operators }: Carry): void {
    this.clear()
    for (const chunk of seen) this.#copies.load(chunk)
    this.operators.restart(header, operators)
    this.#resume(header)
  }

  clear(): void {
    this.#copies.clear()
    this.views.clear()
    this.operators.clear()
    this.outbox.clear()
  }

  /** Ids last seen before `time` can judge no record any more. */
  forget(time: number): void {
    this.#copies.forget(time)
  }

  #resume(header: Header): void {
    this.#counts = newRecordCounters()
    this.#appended = header.lastAppended
    this.#newest = header.maxEventTime ?? -Infinity
    this.views.resume(header)
    this.#copies.resume(header)
    this.#streams.resume(header)
    this.outbox.clear()
  }
}
