import type { Pointer } from '@tidewater/seam'
import { TILE_GRACE_MS } from '@tidewater/windows'
import type { InstantArgument } from './instant.ts'
import { instantMs } from './instant.ts'
import { newestEvent } from './freshness.ts'
import type { Operation } from './operation.ts'
import type { ViewRead } from './read-together.ts'
import { isHeldBy } from './view-access.ts'
import type { ViewAccess } from './view-access.ts'

const isPlainNow = (argument: InstantArgument): boolean =>
  argument.kind === 'now' && argument.backMs === 0 && argument.floor === null

/**
 * The instant an argument means, ms. The log's newest event is "now" for views on the event clock, and for "stream";
 * everything else is known at once, so that the reads of all fields can go out together.
 */
export const answerInstant = (
  operation: Operation,
  access: ViewAccess,
  argument: InstantArgument,
): number | Promise<number> => {
  if (argument.kind === 'at') return argument.ms
  if (argument.kind === 'now' && access.view.clock === 'wall') return instantMs(argument, operation.now)
  return eventInstant(operation, access, argument)
}

const eventInstant = async (
  operation: Operation,
  access: ViewAccess,
  argument: InstantArgument,
): Promise<number> => {
  const now = newestEvent(await operation.read(access, { kind: 'headers' })) ?? operation.now
  return argument.kind === 'stream' ? now : instantMs(argument, now)
}

/**
 * R5: true when the kept state cannot answer the asked moment. Totals know no time, so they must not have seen a newer event. Tiles
 * end an hour before the newest event they were dropped by: in the speed part the partition's own, in the batch part the newest
 * of the whole topic, wherever it is.
 */
export const isPast = (read: ViewRead, argument: InstantArgument, asOf: number): boolean => {
  if (isPlainNow(argument)) return false
  const { onlyTiles, hasTiles } = read.access
  if (!onlyTiles && asOf < newestSeen(read)) return true
  return hasTiles && asOf < Math.max(newestSeen(read), tilesDroppedBy(read)) - TILE_GRACE_MS
}

/** The newest event of the partitions read, in either layer, ms. */
const newestSeen = ({ parts, pointer, access }: ViewRead): number =>
  Math.max(
    newestEvent({ parts }) ?? -Infinity,
    ...parts.map(({ partition: { place } }) => newestBelowCut(pointer, access, place.partition)),
  )

const tilesDroppedBy = ({ pointer, access }: ViewRead): number =>
  Math.max(
    -Infinity,
    ...pointer.cuts
      .filter(({ topic }) => topic === access.topic)
      .map(({ partition }) => newestBelowCut(pointer, access, partition)),
  )

const newestBelowCut = (pointer: Pointer, access: ViewAccess, partition: number): number => {
  const cut = pointer.cuts.find((own) => own.topic === access.topic && own.partition === partition)
  if (cut === undefined || cut.cut === 0 || !isHeldBy(access, pointer)) return -Infinity
  // A generation of an earlier version does not say it: nothing is much newer than itself.
  return cut.newest === undefined ? pointer.builtAt : (cut.newest ?? -Infinity)
}
