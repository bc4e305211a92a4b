import type { InstantArgument } from './instant.ts'
import { instantMs } from './instant.ts'
import { newestEvent } from './freshness.ts'
import type { Operation } from './operation.ts'
import type { ViewAccess } from './view-access.ts'

/** How long before its newest event a group still has all tiles (law L11). */
const TILES_KEPT_MS = 3_600_000

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

/** True when the kept state has seen more than the asked moment: totals know no time, and old tiles are gone. */
export const isPast = (
  access: ViewAccess,
  argument: InstantArgument,
  asOf: number,
  newest: number | null,
): boolean => {
  if (isPlainNow(argument) || newest === null || asOf >= newest) return false
  return !access.onlyTiles || asOf < newest - TILES_KEPT_MS
}
