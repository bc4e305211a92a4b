import type { Listed, PresentedRow, Regrouped, StateGroup } from '@tidewater/merge'
import { listRows, presentRows, regroup } from '@tidewater/merge'
import type { Value } from '@tidewater/expr'
import type { State } from '@tidewater/plan'
import type { OffsetVector } from '@tidewater/ports'
import { answerInstant, isPast } from './answer-instant.ts'
import type { Cursor } from './cursor.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import type { Freshness } from './freshness.ts'
import { freshnessOf } from './freshness.ts'
import type { GroupStates } from './batch-part.ts'
import { scanGroups } from './group-states.ts'
import { readHistory } from './history.ts'
import type { ListQuestion } from './list-question.ts'
import { namedKeys } from './list-question.ts'
import type { ListRange } from './list-range.ts'
import { listRange } from './list-range.ts'
import type { Operation } from './operation.ts'
import type { Selection, ViewRead } from './read-together.ts'
import type { ServingPorts } from './serving-ports.ts'
import type { ViewAccess } from './view-access.ts'

type Measures = Readonly<Record<string, Value>>

export interface ListAnswer {
  readonly rows: readonly PresentedRow[]
  /** Measures of the same start and keys one range earlier; null when there was nothing, or nobody asked. */
  previous(row: PresentedRow): Measures | null
  /** Measures of all rows, and of those behind this page (null: there are none). */
  total(): Measures | null
  others(): Measures | null
  readonly rowCount: number
  readonly next: string | null
  readonly freshness: Freshness
}

/** What a list's windows may cost, as if every window of the range had a row. */
const costOf = ({ first, wantsPrevious }: ListQuestion, { read }: ListRange, access: ViewAccess): number => {
  const { window } = access.view
  const ms = window === null ? 0 : window.kind === 'duration' ? window.ms : 3_600_000
  const isOpen = !Number.isFinite(read.to - read.from) || read.to - read.from > 1e13
  return (first + (ms === 0 || isOpen ? 0 : (read.to - read.from) / ms)) * (wantsPrevious ? 2 : 1)
}

export const resolveList = async (
  ports: ServingPorts,
  operation: Operation,
  access: ViewAccess,
  question: ListQuestion,
): Promise<ListAnswer> => {
  const cursor = question.after === null ? null : decodeCursor(question.after, question.order)
  if (cursor !== null) operation.continueOn(cursor.generation)
  operation.charge(question.first)
  const known = listRange(operation, access, question, cursor)
  // Nothing is awaited before the read unless it must be, so that the reads of all fields go out together.
  const range = known instanceof Promise ? await known : known
  operation.charge(costOf(question, range, access) - question.first)
  const [asOf, read] = await Promise.all([
    cursor?.asOf ?? answerInstant(operation, access, question.asOf),
    operation.read(access, selectionOf(access, question, range)),
  ])
  const { groups, past } = await groupsOf(ports, read, question, range, asOf)
  const { current, previous } = divide(access, groups, question, range)
  const listed = listRows(access.machine, current, { ...question, asOf, after: cursor?.position ?? null })
  return answerOf(ports, operation, read, { question, range, asOf, listed, previous, past })
}

const selectionOf = (access: ViewAccess, question: ListQuestion, range: ListRange): Selection => {
  if (access.view.window !== null) return { kind: 'range', ...range.read }
  const keys = namedKeys(access, question)
  return keys === null ? { kind: 'all' } : { kind: 'keys', keys }
}

interface Groups {
  readonly groups: readonly StateGroup[]
  /** Null: answered from the kept state. */
  readonly past: OffsetVector | null
}

const groupsOf = async (
  ports: ServingPorts,
  read: ViewRead,
  question: ListQuestion,
  range: ListRange,
  asOf: number,
): Promise<Groups> => {
  const { access, pointer } = read
  const { layer } = question
  if (access.view.window === null && isPast(read, question.asOf, asOf)) {
    const { states, offsets } = await readHistory(ports, read, asOf, null, layer)
    const kept = namedKeys(access, question)
    const groups = flatten(states).filter(({ key }) => kept === null || kept.includes(key))
    return { groups, past: offsets }
  }
  const needsWarehouse = access.view.window !== null && layer !== 'SPEED'
  const batch: GroupStates = needsWarehouse
    ? await ports.batchParts.states(access, pointer, range.read)
    : new Map()
  return { groups: await scanGroups(read, batch, range.read, layer, ports.scan), past: null }
}

const flatten = (states: GroupStates): StateGroup[] =>
  [...states].flatMap(([bucket, keys]) => [...keys].map(([key, state]) => ({ bucket, key, state })))

/** The asked range, and the one before moved onto it so that both have the same starts. */
const divide = (
  access: ViewAccess,
  groups: readonly StateGroup[],
  { where, groupBy, keys }: ListQuestion,
  { windows, from, to, previousMs }: ListRange,
): { current: Regrouped[]; previous: Regrouped[] } => {
  const only = access.keys[0]
  const named =
    keys === null || only === undefined ? where : [...where, { column: only.name, test: { in: keys } }]
  const how = { where: named, groupBy, windows, range: { from, to } }
  if (previousMs === null || from === null)
    return { current: regroup(access.machine, groups, how), previous: [] }
  const isCurrent = ({ bucket }: StateGroup): boolean => bucket >= from
  const moved = groups
    .filter((group) => !isCurrent(group))
    .map((group) => ({ ...group, bucket: group.bucket + previousMs }))
  return {
    current: regroup(access.machine, groups.filter(isCurrent), how),
    previous: regroup(access.machine, moved, how),
  }
}

interface Worked {
  readonly question: ListQuestion
  readonly range: ListRange
  readonly asOf: number
  readonly listed: Listed
  readonly previous: readonly Regrouped[]
  readonly past: OffsetVector | null
}

const answerOf = (ports: ServingPorts, { now }: Operation, read: ViewRead, worked: Worked): ListAnswer => {
  const { machine } = read.access
  const { question, range, asOf, listed, past } = worked
  const measured = (state: State | null): Measures | null =>
    state === null ? null : machine.present(state, asOf)
  const earlier = new Map(
    presentRows(machine, worked.previous, asOf).map((row) => [`${row.start} ${row.id}`, row.measures]),
  )
  const degraded = (): readonly string[] => listed.rows.flatMap(({ state }) => machine.degraded(state, asOf))
  const cursorOf = (position: Cursor['position']): string =>
    encodeCursor({
      generation: read.pointer.id,
      order: question.order,
      asOf,
      from: range.from,
      to: range.to,
      position,
    })
  return {
    rows: listed.rows,
    previous: ({ start, id }) => earlier.get(`${start} ${id}`) ?? null,
    total: () => measured(listed.total() ?? machine.zero()),
    others: () => measured(listed.others()),
    rowCount: listed.rowCount,
    next: listed.next === null ? null : cursorOf(listed.next),
    freshness: freshnessOf({
      read,
      asOf,
      layer: question.layer,
      now,
      partitions: ports.partitions,
      past,
      degraded,
    }),
  }
}
