import { isPlatformError } from '@tidewater/base'
import type { LogBatch, LogBounds, Timers, TopicPartition } from '@tidewater/ports'
import { closeEntry, type ClosePorts } from './close-entry.ts'
import { takeRecord, type ArchivedEvent } from './judge-record.ts'
import { isEmpty, openEntry, skipAbsent, skipMissed, type OpenEntry } from './open-entry.ts'

/** When an open entry is closed, whichever comes first. */
export interface EntryLimits {
  readonly rows: number
  readonly bytes: number
  readonly ms: number
}

export const ENTRY_LIMITS: EntryLimits = { rows: 65_536, bytes: 64 * 1024 * 1024, ms: 10_000 }

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
}

export interface PartitionArchive {
  take(batch: LogBatch): Promise<void>
  /** Answers where in a log of these bounds reading goes on; null when it has lost records that are archived. */
  follow(bounds: LogBounds): Promise<number | null>
  /** Where reading stands. */
  readonly next: number
  /** Closes what is open, at once; a failure is tried again later as always. */
  flush(): Promise<void>
  /** Forgets what is open: somebody else owns the partition. */
  drop(): void
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

/** Archives one owned partition. Its steps follow each other, so taking and closing never overlap. */
export const archivePartition = async (setup: PartitionSetup): Promise<PartitionArchive> => {
  const { archived, ports, limits, events } = setup
  let entry = await entryAtEnd(setup)
  let dropped = false
  let failures = 0
  let cancel: (() => void) | null = null
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(step: () => Promise<T> | T): Promise<T> => {
    const result = turn.then(step)
    turn = result
    return result
  }
  const closeLater = (ms: number): (() => void) =>
    ports.timers.after(ms, () => {
      inTurn(close).catch(events.broken)
    })
  const closeInTime = (): void => {
    if (!isEmpty(entry)) cancel ??= closeLater(limits.ms)
  }

  const close = async (): Promise<'added' | 'lost' | 'failed' | 'empty'> => {
    cancel?.()
    cancel = null
    if (dropped || isEmpty(entry)) return 'empty'
    try {
      const outcome = await closeEntry(ports, archived, entry)
      if (outcome === 'added') events.added(entry)
      entry = outcome === 'added' ? openEntry(entry, entry.next, entry.lastAppended) : await entryAtEnd(setup)
      if (failures > 0) events.recovered()
      failures = 0
      if (outcome === 'lost' && !dropped) {
        events.lost()
        events.moved(entry.next)
      }
      return outcome
    } catch (error) {
      if (!isPlatformError(error)) throw error
      if (dropped) return 'empty'
      events.failed(error)
      cancel = closeLater(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures++))
      return 'failed'
    }
  }

  const isFull = (): boolean =>
    entry.lines.length >= limits.rows || entry.dead.length >= limits.rows || entry.bytes >= limits.bytes

  const take = async (batch: LogBatch): Promise<void> => {
    // Fetched before another archiver was found to be first: the offsets between are not ours to call absent.
    if (batch.from > entry.next) return events.moved(entry.next)
    for (const record of batch.records) {
      if (dropped) return
      takeRecord(entry, archived, record)
      // After a failure the reader is paused: the rest of this batch is all that still comes.
      if (isFull() && failures === 0 && (await close()) === 'lost') return
    }
    skipAbsent(entry, batch.nextOffset)
    closeInTime()
  }

  const follow = ({ low, high }: LogBounds): number | null => {
    if (high < entry.next) return null
    if (low > entry.next) {
      events.missed(entry.next, low)
      skipMissed(entry, low)
      closeInTime()
    }
    return entry.next
  }

  return {
    // Waiting for its turn holds the reader back: at most one batch and one open entry are in memory.
    take: (batch) => inTurn(() => take(batch)),
    follow: (bounds) => inTurn(() => follow(bounds)),
    get next() {
      return entry.next
    },
    flush: async () => void (await inTurn(close)),
    drop: () => {
      dropped = true
      cancel?.()
    },
  }
}
