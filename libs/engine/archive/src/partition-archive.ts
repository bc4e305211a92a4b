import { isPlatformError } from '@tidewater/base'
import type { LogBatch, LogBounds, Timers, TopicPartition } from '@tidewater/ports'
import { closeEntry, type ClosePorts } from './close-entry.ts'
import { takeRecord, type ArchivedEvent } from './judge-record.ts'
import type { Standing } from './watch-retention.ts'
import {
  bytesOf,
  entryBehind,
  isEmpty,
  openEntry,
  skipAbsent,
  skipMissed,
  type OpenEntry,
} from './open-entry.ts'

/** When an open entry is closed, whichever comes first. */
export interface EntryLimits {
  readonly rows: number
  readonly bytes: number
  readonly ms: number
  /** Of all open entries of this process together; beyond it those close that have more than their share. */
  readonly heldBytes: number
}

export const ENTRY_LIMITS: EntryLimits = { rows: 65_536, bytes: 32 << 20, ms: 10_000, heldBytes: 24 << 20 }

/** What a partition tells its archiver. */
export interface PartitionEvents {
  added(entry: OpenEntry): void
  /** Another archiver was first. */
  lost(): void
  /** What was read does not follow on what is here: go on reading at `next`. */
  moved(next: number): void
  /** Closing failed and is tried again after a wait: stop reading until `recovered`. */
  failed(error: unknown): void
  recovered(): void
  /** Records [from, next) were deleted before they were archived; their loss becomes part of the open entry. */
  missed(from: number, next: number): void
  /** A fault of the program: nothing gets better by trying again. */
  broken(error: unknown): void
}

export interface PartitionSetup {
  readonly place: TopicPartition
  readonly archived: ArchivedEvent
  readonly ports: ClosePorts & { readonly timers: Timers }
  readonly limits: EntryLimits
  readonly events: PartitionEvents
  /** Whether an entry of so many bytes is to make room for those of other partitions. */
  readonly isOverShare: (bytes: number) => boolean
}

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 30_000

/** An empty entry behind the last one of the lake. */
const entryAtEnd = async ({ ports, place }: PartitionSetup): Promise<OpenEntry> => {
  const last = (await ports.lake.entries(place.topic)).findLast(
    (entry) => entry.partition === place.partition,
  )
  return openEntry(place, last?.next ?? 0, last?.lastAppended ?? 0)
}

/** Opens the archive of one partition behind what the lake holds of it. */
export const archivePartition = async (setup: PartitionSetup): Promise<PartitionArchive> =>
  new PartitionArchive(setup, await entryAtEnd(setup))

/** Archives one owned partition. Its steps follow each other, so taking and closing never overlap. */
export class PartitionArchive {
  readonly #setup: PartitionSetup
  #entry: OpenEntry
  #dropped = false
  /** Closings that failed since the last one that did not. */
  #failures = 0
  #cancelClose: (() => void) | null = null
  #turn: Promise<unknown> = Promise.resolve()

  constructor(setup: PartitionSetup, entry: OpenEntry) {
    this.#setup = setup
    this.#entry = entry
  }

  get place(): TopicPartition {
    return this.#setup.place
  }

  /** What of the partition is durable. */
  get standing(): Standing {
    const { from, firstAppended } = this.#entry
    return { place: this.place, archived: from, appendedSince: firstAppended === 0 ? null : firstAppended }
  }

  /** What it holds in memory. */
  get bytes(): number {
    return bytesOf(this.#entry)
  }

  /** Where reading stands. */
  get next(): number {
    return this.#entry.next
  }

  /** Waiting for its turn holds the reader back: at most one batch and one open entry are in memory. */
  take(batch: LogBatch): Promise<void> {
    return this.#inTurn(() => this.#take(batch))
  }

  /** Answers where in a log of these bounds reading goes on; null when the log has lost records that are archived. */
  follow({ low, high }: LogBounds): Promise<number | null> {
    return this.#inTurn(() => {
      const { next } = this.#entry
      if (high < next) return null
      if (low > next) {
        this.#setup.events.missed(next, low)
        skipMissed(this.#entry, low)
        this.#closeInTime()
      }
      return this.#entry.next
    })
  }

  /** Closes what is open, at once; a failure is tried again later as always. */
  async flush(): Promise<void> {
    await this.#inTurn(() => this.#close())
  }

  /** Forgets what is open: somebody else owns the partition. */
  drop(): void {
    this.#dropped = true
    this.#cancelClose?.()
  }

  #inTurn<T>(step: () => Promise<T> | T): Promise<T> {
    const result = this.#turn.then(step)
    this.#turn = result
    return result
  }

  async #take(batch: LogBatch): Promise<void> {
    // Fetched before another archiver was found to be first: the offsets between are not ours to call absent.
    if (batch.from > this.#entry.next) return this.#setup.events.moved(this.#entry.next)
    for (const record of batch.records) {
      if (this.#dropped) return
      takeRecord(this.#entry, this.#setup.archived, record)
      // After a failure the reader is paused: the rest of this batch is all that still comes.
      if (this.#isFull() && this.#failures === 0 && (await this.#close()) === 'lost') return
    }
    skipAbsent(this.#entry, batch.nextOffset)
    if (this.#failures === 0 && this.#setup.isOverShare(this.bytes)) await this.#close()
    this.#closeInTime()
  }

  #isFull(): boolean {
    const { rows, dead } = this.#entry
    const { limits } = this.#setup
    return rows >= limits.rows || dead.length >= limits.rows || bytesOf(this.#entry) >= limits.bytes
  }

  #closeInTime(): void {
    if (!isEmpty(this.#entry)) this.#cancelClose ??= this.#closeAfter(this.#setup.limits.ms)
  }

  #closeAfter(ms: number): () => void {
    return this.#setup.ports.timers.after(ms, () => {
      this.flush().catch(this.#setup.events.broken)
    })
  }

  async #close(): Promise<'added' | 'lost' | 'failed' | 'empty'> {
    const { events, ports, archived } = this.#setup
    this.#cancelClose?.()
    this.#cancelClose = null
    if (this.#dropped || isEmpty(this.#entry)) return 'empty'
    try {
      const outcome = await closeEntry(ports, archived, this.#entry)
      if (outcome === 'added') events.added(this.#entry)
      this.#entry = outcome === 'added' ? entryBehind(this.#entry) : await entryAtEnd(this.#setup)
      if (this.#failures > 0) events.recovered()
      this.#failures = 0
      if (outcome === 'lost' && !this.#dropped) {
        events.lost()
        events.moved(this.#entry.next)
      }
      return outcome
    } catch (error) {
      if (!isPlatformError(error)) throw error
      if (this.#dropped) return 'empty'
      events.failed(error)
      this.#cancelClose = this.#closeAfter(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures++))
      return 'failed'
    }
  }
}
