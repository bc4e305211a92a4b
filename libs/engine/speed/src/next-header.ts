import { protocol, sentMarks, type Header } from '@tidewater/seam'
import { passedOf } from './counters.ts'
import type { PartitionState } from './partition-state.ts'
import type { Snapshot } from './snapshot.ts'
import { sendersOf, type SpeedSource } from './speed-source.ts'

/** The header that goes with a snapshot of what is applied below `position`. */
export const nextHeader = (
  header: Header,
  position: number,
  state: Pick<PartitionState, 'reached' | 'views'>,
  { counts }: Pick<Snapshot, 'counts'>,
  source: SpeedSource,
  nonce: string,
): Header => {
  const carried = header.carried !== null && position < header.nextOffset ? position : null
  const progress = {
    nextOffset: Math.max(header.nextOffset, position),
    ...state.reached,
    carried,
    fingerprints: [...state.views.fingerprints, ...sentMarks(header, carried, sendersOf(source))],
    passed: passedOf(counts),
  }
  return protocol.commitHeader(header, progress, nonce)
}
