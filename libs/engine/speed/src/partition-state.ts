import { type LogRecord, type SeenChunk, type TopicPartition } from '@tidewater/ports'
import type { Header } from '@tidewater/seam'
import { CopiesTold } from './copies-told.ts'
import { addCounts, newRecordCounters, type Counters } from './counters.ts'
import { Outbox } from './outbox.ts'
import { PartitionViews } from './partition-views.ts'
import { lasting, type Snapshot } from './snapshot.ts'
import type { SpeedSource } from './speed-source.ts'
import type { CacheBudget } from './state-cache.ts'

/**
 * Parts and carry of one partition in memory, and the arithmetic on them: judge, fill, apply, snapshot. It waits for nothing
 * and decides nothing about ownership; `Task` does.
 */
export class PartitionState {
  readonly views: PartitionViews
  readonly outbox: Outbox
  readonly #place: TopicPartition
  readonly #source: SpeedSource
  readonly #counters: Counters
  readonly #copies: CopiesTold
  #appended = 0
  #newest = -Infinity
  #counts = newRecordCounters()

  constructor(place: TopicPartition, source: SpeedSource, counters: Counters, budget: CacheBudget) {
    this.#place = place
    this.#source = source
    this.#counters = counters
    this.views = new PartitionViews(place, source.views, counters, budget)
    this.outbox = new Outbox(place, source.streams)
    this.#copies = new CopiesTold(source)
  }

  /** How far the records go that are judged; `lastAppended` is the prefix maximum of append time (A of semantics I2). */
  get reached(): Pick<Header, 'lastAppended' | 'maxEventTime' | 'sent'> {
    const maxEventTime = this.#newest === -Infinity ? null : this.#newest
    return { lastAppended: this.#appended, maxEventTime, sent: this.#copies.sent }
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
      if (this.outbox.hasStreams) counts.events_keyless += this.outbox.add(row, record.offset, isNew)
      if (!isNew) continue
      counts.events_applied++
      this.views.group(row, i - from, time < watermark ? watermark : -Infinity, counts)
    }
  }

  /** Second half of a step, when the groups that were missing are filled. */
  apply(records: readonly LogRecord[], from: number, to: number, header: Header): void {
    this.views.apply(records, from, to, header, this.#newest)
  }

  /** Everything changed since the last one. */
  snapshot(): Snapshot {
    const encoded = this.views.snapshot()
    const outgoing = this.outbox.take()
    const writes = outgoing.length === 0 ? encoded : encoded.map(lasting)
    const counts = this.#counts
    this.#counts = newRecordCounters()
    return { writes, ...this.#copies.pending, counts, outgoing }
  }

  /** The last snapshot is stored. */
  stored({ notes, counts }: Snapshot): void {
    addCounts(this.#counters, counts)
    this.#copies.committed(notes)
    this.views.stored()
  }

  /** Back to what is stored under `header`; groups that are as stored stay. */
  undo(header: Header): void {
    this.#copies.undo()
    this.views.dropChanged()
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
    this.views.clear()
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
    this.outbox.resume(header)
  }
}
