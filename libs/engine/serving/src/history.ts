import { PlatformError } from '@tidewater/base'
import type { Layer } from '@tidewater/merge'
import type { BatchReader, Lake, OffsetVector, Timers } from '@tidewater/ports'
import type { GroupStates } from './kept-windows.ts'
import { statesOf } from './batch-part.ts'
import { within } from './deadline.ts'
import type { ViewRead } from './read-together.ts'

/** The whole archive is read for one answer. */
const HISTORY_DEADLINE_MS = 30_000

export interface HistoryPorts {
  readonly reader: BatchReader | null
  readonly lake: Pick<Lake, 'next'>
  readonly timers?: Timers
}

export interface History {
  readonly states: GroupStates
  /** What the archive had of the partitions read. */
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
    throw new PlatformError(
      'BAD_INPUT',
      `a past asOf has one layer: it is answered from the archive`,
      'leave out layer, or ask as of now',
      'layer',
    )
  }
  const { reader } = ports
  if (reader === null)
    throw new PlatformError(
      'UNAVAILABLE',
      'no archive is configured to answer a past asOf from',
      'ask as of now',
    )
  // The archive by itself: a store that is being rebuilt knows less than it.
  const offsets = await Promise.all(
    read.parts.map(async ({ partition: { place } }) => ({ ...place, next: await ports.lake.next(place) })),
  )
  const { name } = read.access.view
  const asked = reader.history({ view: name, offsets, asOf, key })
  const rows = await within(ports.timers, HISTORY_DEADLINE_MS, `the past of ${name}`, asked)
  return { states: statesOf(read.access, rows), offsets }
}
