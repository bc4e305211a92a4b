import type { Address, SeenChunk, StateWrite } from '@tidewater/ports'
import type { RecordCounters } from './counters.ts'
import type { Outgoing } from './outbox.ts'

/** What one commit stores beside the header. The bytes are valid until the next step: stores copy before they return. */
export interface Snapshot {
  readonly writes: readonly StateWrite[]
  readonly deletes: readonly Address[]
  readonly seen: readonly SeenChunk[]
  readonly notes: number
  readonly counts: RecordCounters
  /** Sent before the rest is stored. */
  readonly outgoing: Outgoing
}

/** What is stored only when the log has what is sent must outlast the steps meanwhile. */
export const lasting = (write: StateWrite): StateWrite => ({ ...write, value: write.value.slice() })
