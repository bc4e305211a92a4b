import type { ByteSink } from '@tidewater/base'
import type { SeenChunk, StateWrite } from '@tidewater/ports'
import type { RecordCounters } from './counters.ts'
import type { StateCache } from './state-cache.ts'

/** What one commit stores beside the header. */
export interface Snapshot {
  readonly writes: readonly StateWrite[]
  readonly seen: readonly SeenChunk[]
  readonly notes: number
  readonly counts: RecordCounters
}

/** The stored values of all dirty groups, one behind the other in `sink`. */
export const encodeChanges = (
  caches: readonly StateCache[],
  sink: ByteSink,
  newestMs: number,
  floor: number,
): readonly StateWrite[] => {
  sink.length = 0
  const ends: number[] = []
  for (const cache of caches) {
    for (const entry of cache.dirty) {
      cache.encode(entry, sink, newestMs, floor)
      ends.push(sink.length)
    }
  }
  // only now: the sink's bytes move when it grows
  const writes: StateWrite[] = []
  let start = 0
  for (const { dirty, machine } of caches) {
    for (const { bucket, key } of dirty) {
      const end = ends[writes.length] as number
      writes.push({ fingerprint: machine.fingerprint, bucket, key, value: sink.bytes.subarray(start, end) })
      start = end
    }
  }
  return writes
}
