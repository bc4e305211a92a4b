import { createRegrouper } from '@tidewater/merge'
import type { Listing, Regrouped, Regrouping, StateGroup } from '@tidewater/merge'
import type { Asked } from './asked-list.ts'
import { MAX_KEPT_ROWS } from './kept-windows.ts'
import type { GroupStates } from './kept-windows.ts'
import type { ViewRead } from './read-together.ts'
import type { ServingPorts } from './serving-ports.ts'
import { tooManyRows } from './too-costly.ts'
import { windowGroups } from './window-groups.ts'

export interface Windows {
  readonly listing: Listing
  readonly how: Regrouping
  /** The generation's part of them. */
  readonly batch: AsyncIterable<GroupStates>
  /** Pays for what passes. */
  readonly charge: (groups: number) => void
}

/** A warehouse may take longer than the store. */
const WINDOWS_DEADLINE_MS = 10_000

/**
 * Windows pass one after the other into the listing: what is held is the page, the rows of the window that is just being read,
 * and the range before when it is asked for, which is answered. Throws `TOO_COSTLY` beyond what one answer may touch, hold or take.
 */
export const addWindows = async (
  { scan }: Pick<ServingPorts, 'scan'>,
  read: ViewRead,
  { question, range }: Asked,
  { listing, how, batch, charge }: Windows,
): Promise<readonly Regrouped[]> => {
  const { access } = read
  const current = createRegrouper(access.machine, how)
  const previous = createRegrouper(access.machine, how)
  const limits = { ...scan, deadlineMs: WINDOWS_DEADLINE_MS }
  const { from, previousMs } = range
  for await (const groups of windowGroups(read, batch, range.read, question.layer, limits)) {
    charge(groups.length)
    const isCurrent = ({ bucket }: StateGroup): boolean => previousMs === null || bucket >= (from ?? 0)
    current.add(groups.filter(isCurrent))
    if (previousMs !== null)
      previous.add(
        movedBy(
          previousMs,
          groups.filter((group) => !isCurrent(group)),
        ),
      )
    listing.add(current.takeBefore(groups.at(-1)?.bucket ?? -Infinity))
    if (listing.isFull) break
    if (current.size + previous.size > MAX_KEPT_ROWS) throw tooManyRows(access)
  }
  listing.add(current.takeAll())
  return previous.takeAll()
}

const movedBy = (ms: number, groups: readonly StateGroup[]): StateGroup[] =>
  groups.map((group) => ({ ...group, bucket: group.bucket + ms }))
