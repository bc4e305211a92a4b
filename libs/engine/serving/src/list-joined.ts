import {
  canJoinInSql,
  canOrderInSql,
  comparePositions,
  createListing,
  isByStart,
  isSameSpec,
  passingRows,
  positionOf,
  regroup,
} from '@tidewater/merge'
import type { JoinedRows, ListQuery, PresentedRow, Regrouping, StateGroup } from '@tidewater/merge'
import type { Buckets } from '@tidewater/windows'
import type { JoinedPart } from './batch-part.ts'
import type { GroupStates } from './kept-windows.ts'
import { addWindows } from './add-windows.ts'
import { queryOf, regroupingOf } from './asked-list.ts'
import type { Asked, FoundRows } from './asked-list.ts'
import type { ViewRead } from './read-together.ts'
import type { ServingPorts } from './serving-ports.ts'

/** Rows beyond the page that may be equal to its last one but for their keys. */
const MAX_TIES = 1_000
/** Starts that a statement names. */
const MAX_STARTS = 2_000

/**
 * A list over many windows, joined by the warehouse; null: it is better read window by window.
 *
 * Rows of windows that the speed layer has nothing of are what the generation says: they are filtered, ordered, cut and
 * counted there. Of windows that it has something of the generation gives the joined states, and the merge is here. The first n
 * of both are the first n of all.
 */
export const listJoined = async (
  ports: ServingPorts,
  read: ViewRead,
  asked: Asked,
  charge: (groups: number) => void,
): Promise<FoundRows | null> => {
  const { access, pointer } = read
  const { question, range } = asked
  const part = question.layer === 'SPEED' ? null : ports.batchParts.joined(access, pointer)
  const how = regroupingOf(access, question, range)
  if (part === null || question.wantsPrevious || !ports.batchParts.areMany(access, pointer, range.read))
    return null
  const { windows } = how
  if (windows === 'none' || (windows === 'all' && range.to === null)) return null
  if (!canJoinInSql(access.machine.layout, how.where)) return null
  const rows: JoinedRows = {
    ...{ ...range.read, where: how.where, groupBy: how.groupBy, starts: null, top: null },
    windows: windows === 'all' ? 'all' : windows.spec,
  }
  const touched = windows === 'all' ? null : touchedStarts(read, asked, windows)
  if (touched !== null && isOrdered(read, asked)) {
    if (isFirstAtOnce(asked, how)) return null
    const found = await firstRows(ports, read, asked, { part, rows, how, touched, charge })
    if (found !== null) return found
  }
  if (!isJoined(read, how)) return null
  const listing = createListing(access.machine, queryOf(asked))
  await addWindows(ports, read, asked, { listing, how, batch: part.rows(rows), charge })
  return { listed: listing.listed(), previous: [], past: null }
}

/** Starts of the joined windows that the speed layer has something of; null: too many to name. */
const touchedStarts = ({ parts }: ViewRead, { question }: Asked, windows: Buckets): number[] | null => {
  if (question.layer === 'BATCH') return []
  const starts = new Set<number>()
  for (const { speed } of parts) for (const { bucket } of speed) starts.add(windows.start(bucket))
  return starts.size > MAX_STARTS ? null : [...starts]
}

/** Whether the warehouse has the same order, and nothing is asked of the rows that it leaves out but their number. */
const isOrdered = ({ access }: ViewRead, { question }: Asked): boolean =>
  question.whole !== 'sums' && canOrderInSql(access.view, access.machine.layout, question)

/** Read in their order, the first windows are the answer. */
const isFirstAtOnce = ({ question }: Asked, how: Regrouping): boolean =>
  question.whole === 'nothing' &&
  isByStart(question.order) &&
  how.where.length + question.having.length === 0 &&
  question.after === null

/** Whether joining makes fewer rows of what is read. */
const isJoined = ({ access }: ViewRead, { groupBy, windows, where }: Regrouping): boolean =>
  where.length > 0 ||
  (groupBy !== null && groupBy.length < access.keys.length) ||
  windows === 'all' ||
  (windows !== 'none' && !isSameSpec(windows.spec, access.view.window))

interface Joining {
  readonly part: JoinedPart
  readonly rows: JoinedRows
  readonly how: Regrouping
  readonly touched: readonly number[]
  readonly charge: (groups: number) => void
}

/** Null: more rows than expected have the page's last place, and only their keys would tell them apart. */
const firstRows = async (
  ports: ServingPorts,
  read: ViewRead,
  asked: Asked,
  { part, rows, how, touched, charge }: Joining,
): Promise<FoundRows | null> => {
  const { machine } = read.access
  const query = queryOf(asked)
  const limit = query.first + MAX_TIES
  const listing = createListing(machine, query)
  const untouched: JoinedRows = {
    ...rows,
    starts: { kind: 'without', ms: touched },
    top: { ...query, limit },
  }
  const own: JoinedRows = { ...rows, starts: { kind: 'only', ms: touched } }
  const [groups, count] = await Promise.all([
    query.first === 0 ? [] : heldGroups(part.rows(untouched)),
    query.whole === 'nothing' ? null : part.count(untouched),
    touched.length === 0
      ? null
      : addWindows(ports, read, asked, { listing, how, batch: part.rows(own), charge }),
  ])
  charge(groups.length)
  const found = passingRows(machine, regroup(machine, groups, how), query)
  if (!isCutCleanly(found, query, limit)) return null
  listing.addFirst(found, count ?? found.length)
  return { listed: listing.listed(), previous: [], past: null }
}

const heldGroups = async (parts: AsyncIterable<GroupStates>): Promise<StateGroup[]> => {
  const groups: StateGroup[] = []
  for await (const windows of parts)
    for (const [bucket, states] of windows)
      for (const [key, state] of states) groups.push({ bucket, key, state })
  return groups
}

/** Whether what was cut off is behind the page's last row whatever its keys are. */
const isCutCleanly = (
  rows: readonly PresentedRow[],
  { order, after, first }: ListQuery,
  limit: number,
): boolean => {
  if (rows.length < limit || first === 0) return true
  const places = rows
    .map((row) => positionOf(row, order))
    .filter((at) => after === null || comparePositions(order, at, after) > 0)
    .sort((a, b) => comparePositions(order, a, b))
  const [shown, last] = [places[first - 1], places.at(-1)]
  return (
    shown !== undefined &&
    last !== undefined &&
    comparePositions(order, { ...shown, id: '' }, { ...last, id: '' }) < 0
  )
}
