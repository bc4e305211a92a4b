import { isPlatformError } from '@tidewater/base'
import type { EventLog, Lake, ParquetWriter, StateStore } from '@tidewater/ports'
import { deadTopicOf } from 'tidewater'
import { appendDead } from './dead-letter.ts'
import type { ArchivedEvent } from './judge-record.ts'
import { sealed, type OpenEntry } from './open-entry.ts'

export interface ClosePorts {
  readonly log: Pick<EventLog, 'append'>
  readonly lake: Lake
  readonly writer: ParquetWriter
  readonly store: Pick<StateStore, 'notify'>
}

/** Channels of `StateStore.notify`. */
export const ARCHIVE_FLUSH = 'archive.flush'
export const ARCHIVE_ADDED = 'archive.added'

/**
 * Puts an entry into the lake: dead letters, file, manifest, in this order, so whatever fails may simply be done again.
 * 'lost': another archiver closed this range first; nothing of ours is kept.
 */
export const closeEntry = async (
  ports: ClosePorts,
  archived: ArchivedEvent,
  entry: OpenEntry,
): Promise<'added' | 'lost'> => {
  entry.truncated += await appendDead(ports.log, deadTopicOf(archived.event.name), entry.dead)
  const file = entry.rows === 0 ? null : ports.lake.temporary()
  if (file !== null) await ports.writer.write(archived.event, entry.lines.pieces(), file)
  const outcome = await ports.lake.add(sealed(entry), file)
  if (outcome === 'added')
    await ports.store
      .notify(ARCHIVE_ADDED, `${entry.topic}/${entry.partition}/${entry.next}`)
      .catch((error: unknown) => {
        // Who waits for it looks by itself from time to time.
        if (!isPlatformError(error)) throw error
      })
  return outcome
}
