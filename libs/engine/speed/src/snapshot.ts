import type { SeenChunk, StateWrite } from '@tidewater/ports'
import type { RecordCounters } from './counters.ts'

/** What one commit stores beside the header. The bytes are valid until the next step: stores copy before they return. */
export interface Snapshot {
  readonly writes: readonly StateWrite[]
  readonly seen: readonly SeenChunk[]
  readonly notes: number
  readonly counts: RecordCounters
}
