import type { ArchivedLog, Lake, TopicPartition } from '@tidewater/ports'
import type { Counters } from './counters.ts'
import type { LaneArchive, LaneLimits } from './lane-ports.ts'
import { refill, type RefillPorts } from './refill.ts'

/** Offsets [from, next) of a partition were read back from the lake, because the log begins behind them. */
export interface Refilled {
  readonly place: TopicPartition
  readonly from: number
  readonly next: number
}

interface LaneArchivePorts extends Omit<RefillPorts, 'archived'> {
  readonly lake: Pick<Lake, 'entries' | 'next'>
  readonly archived: ArchivedLog | null
}

/** The lake as lanes read it: what is read back is counted and told. */
export const laneArchive = (
  { lake, archived, store, nonce }: LaneArchivePorts,
  limits: LaneLimits,
  counters: Counters,
  onRefill: (refilled: Refilled) => void,
): LaneArchive | null => {
  if (archived === null) return null
  return {
    next: (place) => lake.next(place),
    refill: async (task, to) => {
      const { place, needed: from } = task
      const isDone = await refill({ lake, archived, store, nonce }, task, to, limits)
      const next = task.needed
      counters.records_refilled += Math.max(0, next - from)
      if (next > from) onRefill({ place, from, next })
      return isDone
    },
  }
}
