import type { PresentedRow, StateGroup } from '@tidewater/merge'
import { createListing, presentRows, regroup } from '@tidewater/merge'
import type { Value } from '@tidewater/expr'
import type { State } from '@tidewater/plan'
import { answerInstant, isPast } from './answer-instant.ts'
import { queryOf, regroupingOf } from './asked-list.ts'
import type { Asked, FoundRows } from './asked-list.ts'
import type { Cursor } from './cursor.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import type { Freshness } from './freshness.ts'
import { freshnessOf } from './freshness.ts'
import { ALL_TIME } from './batch-part.ts'
import { scanGroups } from './group-states.ts'
import { readHistory } from './history.ts'
import type { History } from './history.ts'
import type { ListQuestion } from './list-question.ts'
import { namedKeys } from './list-question.ts'
import type { ListRange } from './list-range.ts'
import { listRange } from './list-range.ts'
import { listWindows } from './list-windows.ts'
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

/** What a list's windows may cost, as if every window of the range had a row; joined ones, when there are many. */
const costOf = (
  { first, wantsPrevious }: ListQuestion,
  { read, windows }: ListRange,
  access: ViewAccess,
): number => {
  const window = typeof windows === 'string' ? access.view.window : windows.spec
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
  const cost = costOf(question, range, access)
  operation.charge(cost - question.first)
  const [asOf, read] = await Promise.all([
    cursor?.asOf ?? answerInstant(operation, access, question.asOf),
    operation.read(access, selectionOf(access, question, range)),
  ])
  const asked = { question, range, asOf, after: cursor?.position ?? null }
  const found =
    access.view.window === null
      ? await listGroups(ports, read, asked)
      : await listWindows(ports, read, asked, chargeBeyond(operation, cost))
  return answerOf(ports, operation, read, { ...asked, ...found })
}

/** Pays for what was not paid for before. */
const chargeBeyond = (operation: Operation, paid: number): ((cost: number) => void) => {
  let left = paid
  return (cost) => {
    left -= cost
    if (left < 0) operation.charge(Math.min(cost, -left))
  }
}

const selectionOf = (access: ViewAccess, question: ListQuestion, range: ListRange): Selection => {
  if (access.view.window !== null) return { kind: 'range', ...range.read }
  const keys = namedKeys(access, question)
  return keys === null ? { kind: 'all' } : { kind: 'keys', keys }
}

/** Rows of a view without window. */
const listGroups = async (ports: ServingPorts, read: ViewRead, asked: Asked): Promise<FoundRows> => {
  const { access } = read
  const { question, range, asOf } = asked
  const { layer } = question
  const history = isPast(read, question.asOf, asOf) ? await readHistory(ports, read, asOf, null, layer) : null
  const groups =
    history === null
      ? await scanGroups(read, new Map(), ALL_TIME, layer, ports.scan)
      : pastGroups(history, namedKeys(access, question))
  const listing = createListing(access.machine, queryOf(asked))
  listing.add(regroup(access.machine, groups, regroupingOf(access, question, range)))
  return { listed: listing.listed(), previous: [], past: history?.offsets ?? null }
}

const pastGroups = ({ states }: History, keys: readonly string[] | null): StateGroup[] =>
  [...states]
    .flatMap(([bucket, groups]) => [...groups].map(([key, state]) => ({ bucket, key, state })))
    .filter(({ key }) => keys === null || keys.includes(key))

interface Worked extends Asked, FoundRows {}

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
