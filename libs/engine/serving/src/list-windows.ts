import { createListing, createRegrouper } from '@tidewater/merge'
import type { Listed, ListQuery, Position, Regrouped, Regrouping, StateGroup } from '@tidewater/merge'
import type { OffsetVector } from '@tidewater/ports'
import type { GroupStates } from './kept-windows.ts'
import { MAX_KEPT_ROWS } from './kept-windows.ts'
import type { ListQuestion } from './list-question.ts'
import type { ListRange } from './list-range.ts'
import type { ViewRead } from './read-together.ts'
import type { ServingPorts } from './serving-ports.ts'
import { tooManyRows } from './too-costly.ts'
import type { ViewAccess } from './view-access.ts'
import { windowGroups } from './window-groups.ts'

/** A list's question with all its instants known. */
export interface Asked {
  readonly question: ListQuestion
  readonly range: ListRange
  readonly asOf: number
  /** Only rows behind it. */
  readonly after: Position | null
}

export interface FoundRows {
  readonly listed: Listed
  /** Rows of the range before, moved onto the one asked for so that both have the same starts. */
  readonly previous: readonly Regrouped[]
  /** What the archive had of it; null: answered from the kept state. */
  readonly past: OffsetVector | null
}

/** A warehouse may take longer than the store. */
const WINDOWS_DEADLINE_MS = 10_000

export const queryOf = ({ question, asOf, after }: Asked): ListQuery => ({ ...question, asOf, after })

export const regroupingOf = (
  access: ViewAccess,
  { where, groupBy, keys }: ListQuestion,
  { windows, from, to }: ListRange,
): Regrouping => {
  const [only] = access.keys
  const named =
    keys === null || only === undefined ? where : [...where, { column: only.name, test: { in: keys } }]
  return { where: named, groupBy, windows, range: { from, to } }
}

/**
 * Rows of a view with window. Windows pass one after the other: what is held is the page, the rows of the window that is just
 * being read, and the range before when it is asked for. Throws `TOO_COSTLY` beyond what one answer may touch, hold or take.
 */
export const listWindows = async (
  ports: ServingPorts,
  read: ViewRead,
  asked: Asked,
  charge: (groups: number) => void,
): Promise<FoundRows> => {
  const { access, pointer } = read
  const { question, range } = asked
  const how = regroupingOf(access, question, range)
  const current = createRegrouper(access.machine, how)
  const previous = createRegrouper(access.machine, how)
  const listing = createListing(access.machine, queryOf(asked))
  const batch = question.layer === 'SPEED' ? none() : ports.batchParts.windows(access, pointer, range.read)
  const limits = { ...ports.scan, deadlineMs: WINDOWS_DEADLINE_MS }
  for await (const groups of windowGroups(read, batch, range.read, question.layer, limits)) {
    charge(groups.length)
    const isCurrent = ({ bucket }: StateGroup): boolean =>
      range.previousMs === null || bucket >= (range.from ?? 0)
    current.add(groups.filter(isCurrent))
    if (range.previousMs !== null)
      previous.add(
        movedBy(
          range.previousMs,
          groups.filter((group) => !isCurrent(group)),
        ),
      )
    listing.add(current.takeBefore(groups.at(-1)?.bucket ?? -Infinity))
    if (listing.isFull) break
    if (current.size + previous.size > MAX_KEPT_ROWS) throw tooManyRows(access)
  }
  listing.add(current.takeAll())
  return { listed: listing.listed(), previous: previous.takeAll(), past: null }
}

const movedBy = (ms: number, groups: readonly StateGroup[]): StateGroup[] =>
  groups.map((group) => ({ ...group, bucket: group.bucket + ms }))

async function* none(): AsyncGenerator<GroupStates> {}
