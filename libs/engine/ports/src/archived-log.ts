import type { LogRecord } from './event-log.ts'
import type { LakeEntry } from './lake.ts'

/** Reads the lake back as the log was: for who needs records that the log no longer has. */
export interface ArchivedLog {
  /**
   * The accepted records of an entry, in order; without those before the first one that was appended at `since` or later. Rejects with `UNAVAILABLE` when its file was rewritten meanwhile: they are in another entry.
   */
  records(entry: LakeEntry, since: number): AsyncIterable<readonly LogRecord[]>
}
