import type { LogBatch, Timers, TopicPartition } from '@tidewater/ports'
import { closeEntry, type ClosePorts } from './close-entry.ts'
import { takeRecord, type ArchivedEvent } from './judge-record.ts'
import { isEmpty, openEntry, type OpenEntry } from './open-entry.ts'

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
  /** Another archiver was first, or what was read does not follow on what is here: go on reading at `next`. */
  lost(next: number): void
  /** Closing failed and is tried again after a wait: stop reading until `recovered`. */
  failed(error: unknown): void
  recovered(): void
}

export interface PartitionSetup {
  readonly place: TopicPartition
  readonly archived: ArchivedEvent
  readonly ports: ClosePorts & { readonly timers: Timers }
  readonly limits: EntryLimits
  readonly events: PartitionEvents
}

export interface PartitionArchive {
  /** Where reading starts. */
  readonly start: number
  take(batch: LogBatch): Promise<void>
  /** Closes what is open, at once; a failure is tried again later as always. */
  flush(): Promise<void>
  /** Forgets what is open: somebody else owns the partition. */
  drop(): void
}

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
  let bytes = 0
  let dropped = false
  let failures = 0
  let cancel: (() => void) | null = null
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(step: () => Promise<T>): Promise<T> => {
    const result = turn.then(step)
    turn = result
    return result
  }
  const closeLater = (ms: number): (() => void) => ports.timers.after(ms, () => void inTurn(close))

  const close = async (): Promise<'added' | 'lost' | 'failed' | 'empty'> => {
    cancel?.()
    cancel = null
    if (dropped || isEmpty(entry)) return 'empty'
    try {
      const outcome = await closeEntry(ports, archived, entry)
      if (outcome === 'added') events.added(entry)
      entry = outcome === 'added' ? openEntry(entry, entry.next, entry.lastAppended) : await entryAtEnd(setup)
      bytes = 0
      if (failures > 0) events.recovered()
      failures = 0
      if (outcome === 'lost' && !dropped) events.lost(entry.next)
      return outcome
    } catch (error) {
      if (dropped) return 'empty'
      events.failed(error)
      cancel = closeLater(Math.min(LONGEST_WAIT_MS, 500 * 2 ** failures++))
      return 'failed'
    }
  }

  const isFull = (): boolean =>
    entry.lines.length >= limits.rows || entry.dead.length >= limits.rows || bytes >= limits.bytes

  const take = async (batch: LogBatch): Promise<void> => {
    // Fetched before another archiver was found to be ahead or behind: the offsets between are not ours to call absent.
    if (batch.from > entry.next) return events.lost(entry.next)
    for (const record of batch.records) {
      if (dropped) return
      takeRecord(entry, archived, record)
      bytes += record.value?.length ?? 0
      // After a failure the reader is paused: the rest of this batch is all that still comes.
      if (isFull() && failures === 0 && (await close()) === 'lost') return
    }
    entry.absent += Math.max(0, batch.nextOffset - entry.next)
    entry.next = Math.max(entry.next, batch.nextOffset)
    if (!isEmpty(entry)) cancel ??= closeLater(limits.ms)
  }

  return {
    start: entry.next,
    // Waiting for its turn holds the reader back: at most one batch and one open entry are in memory.
    take: (batch) => inTurn(() => take(batch)),
    flush: async () => void (await inTurn(close)),
    drop: () => {
      dropped = true
      cancel?.()
    },
  }
}
