// The walk of one event, 10 of 10: the answer.
import type { Layer } from '@tidewater/merge'
import { presentRows, regroup } from '@tidewater/merge'
import type { Value } from '@tidewater/expr'
import type { State } from '@tidewater/plan'
import { answerInstant, isPast } from './answer-instant.ts'
import { ALL_TIME } from './batch-part.ts'
import type { Freshness } from './freshness.ts'
import { freshnessOf, newestEvent } from './freshness.ts'
import { groupState, scanGroups } from './group-states.ts'
import { readHistory } from './history.ts'
import type { InstantArgument } from './instant.ts'
import type { Operation } from './operation.ts'
import type { ViewRead } from './read-together.ts'
import type { ServingPorts } from './serving-ports.ts'
import type { ViewAccess } from './view-access.ts'

export interface RowQuestion {
  readonly keys: Readonly<Record<string, Value>>
  readonly asOf: InstantArgument
  readonly layer: Layer
}

export interface RowAnswer {
  readonly measures: Readonly<Record<string, Value>>
  readonly freshness: Freshness
}

/** One group of a view without window; null when it has no row (never seen, or silent for longer than `expires`). */
export const resolveRow = async (
  ports: ServingPorts,
  operation: Operation,
  access: ViewAccess,
  question: RowQuestion,
): Promise<RowAnswer | null> => {
  const key = access.keyText(question.keys)
  if (key === null) return scanForRow(ports, operation, access, question)
  const { machine } = access
  const reading = operation.read(access, { kind: 'keys', keys: [key] })
  const [asOf, read] = await Promise.all([answerInstant(operation, access, question.asOf), reading])
  const past = isPast(access, question.asOf, asOf, newestEvent(read))
  const history = past ? await readHistory(ports, read, asOf, key, question.layer) : null
  const state =
    history === null ? groupState(read, key, question.layer) : (history.states.get(0)?.get(key) ?? null)
  const measures = state === null ? null : machine.present(state, asOf)
  if (state === null || measures === null) return null
  return { measures, freshness: freshness(ports, operation, read, asOf, question, state, history?.offsets) }
}

const freshness = (
  { partitions }: ServingPorts,
  { now }: Operation,
  read: ViewRead,
  asOf: number,
  { layer }: RowQuestion,
  state: State,
  past: Parameters<typeof freshnessOf>[0]['offsets'],
): Freshness => {
  const names = (): readonly string[] => read.access.machine.degraded(state, asOf)
  if (past === undefined) return freshnessOf({ read, asOf, layer, now, partitions, degraded: names })
  return freshnessOf({
    read,
    asOf,
    layer,
    now,
    partitions,
    offsets: past,
    degraded: () => [...names(), 'history'],
  })
}

/** A key that is bound at read names several stored groups: all are read and joined. */
const scanForRow = async (
  ports: ServingPorts,
  operation: Operation,
  access: ViewAccess,
  question: RowQuestion,
): Promise<RowAnswer | null> => {
  const { machine } = access
  const [asOf, read] = await Promise.all([
    answerInstant(operation, access, question.asOf),
    operation.read(access, { kind: 'all' }),
  ])
  const past = isPast(access, question.asOf, asOf, newestEvent(read))
  const history = past ? await readHistory(ports, read, asOf, null, question.layer) : null
  const groups =
    history === null
      ? await scanGroups(read, new Map(), ALL_TIME, question.layer, ports.scan)
      : [...(history.states.get(0) ?? [])].map(([key, state]) => ({ bucket: 0, key, state }))
  const where = Object.entries(question.keys).map(([column, eq]) => ({ column, test: { eq } }))
  const range = { from: null, to: null }
  const [row] = presentRows(
    machine,
    regroup(machine, groups, { where, groupBy: null, windows: 'none', range }),
    asOf,
  )
  if (row === undefined) return null
  return {
    measures: row.measures,
    freshness: freshness(ports, operation, read, asOf, question, row.state, history?.offsets),
  }
}
