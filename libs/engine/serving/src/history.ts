import { PlatformError } from '@tidewater/base'
import type { Layer } from '@tidewater/merge'
import type { BatchReader, Lake, OffsetVector } from '@tidewater/ports'
import type { GroupStates } from './batch-part.ts'
import { statesOf } from './batch-part.ts'
import { offsetsOf } from './freshness.ts'
import type { ViewRead } from './operation.ts'

export interface HistoryPorts {
  readonly reader: BatchReader | null
  readonly lake: Pick<Lake, 'next'>
}

export interface History {
  readonly states: GroupStates
  /** What the archive had of what was read. */
  readonly offsets: OffsetVector
}

/** A past moment recomputed from the archive by event time: of one group when `key` is given. */
export const readHistory = async (
  ports: HistoryPorts,
  read: ViewRead,
  asOf: number,
  key: string | null,
  layer: Layer,
): Promise<History> => {
  if (layer !== 'MERGED') {
    throw new PlatformError('BAD_INPUT', `a past asOf has one layer: it is answered from the archive`, 'leave out layer, or ask as of now', 'layer')
  }
  const { reader } = ports
  if (reader === null) throw new PlatformError('UNAVAILABLE', 'no archive is configured to answer a past asOf from', 'ask as of now')
  const offsets = await Promise.all(
    offsetsOf(read, 'MERGED').map(async (place) => ({ ...place, next: Math.min(place.next, await ports.lake.next(place)) })),
  )
  const rows = await reader.history({ view: read.access.view.name, offsets, asOf, key })
  return { states: statesOf(read.access, rows), offsets }
}
