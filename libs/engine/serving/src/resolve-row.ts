import type { Layer, PresentedRow } from '@tidewater/merge'
import { presentRows, regroup } from '@tidewater/merge'
import type { Value } from '@tidewater/expr'
import { answerInstant, isPast } from './answer-instant.ts'
import { ALL_TIME } from './batch-part.ts'
import type { Freshness } from './freshness.ts'
import { checkNothingMissing, freshnessOf } from './freshness.ts'
import { groupState, scanGroups } from './group-states.ts'
import { readHistory } from './history.ts'
import type { History } from './history.ts'
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

/**
 * One group of a view without window; null when it has no row (never seen, or silent for longer than `expires`). Throws
 * `NOT_READY` where that cannot be told, because the answer is not whole.
 */
export const resolveRow = async (
  ports: ServingPorts,
  operation: Operation,
  access: ViewAccess,
  question: RowQuestion,
): Promise<RowAnswer | null> => {
  const key = access.keyText(question.keys)
  const reading = operation.read(access, key === null ? { kind: 'all' } : { kind: 'keys', keys: [key] })
  const [asOf, read] = await Promise.all([answerInstant(operation, access, question.asOf), reading])
  const isOfPast = isPast(read, question.asOf, asOf)
  const history = isOfPast ? await readHistory(ports, read, asOf, key, question.layer) : null
  const row =
    key === null
      ? await scannedRow(ports, read, history, asOf, question)
      : keyedRow(read, history, key, asOf, question.layer)
  if (row === null) {
    if (history === null) await checkNothingMissing(read, ports.partitions)
    return null
  }
  const { layer } = question
  const degraded = (): readonly string[] => access.machine.degraded(row.state, asOf)
  const past = history?.offsets ?? null
  const { now } = operation
  const { partitions } = ports
  return {
    measures: row.measures,
    freshness: freshnessOf({ read, asOf, layer, now, partitions, past, degraded }),
  }
}

type Row = Pick<PresentedRow, 'measures' | 'state'>

const keyedRow = (
  read: ViewRead,
  history: History | null,
  key: string,
  asOf: number,
  layer: Layer,
): Row | null => {
  const state = history === null ? groupState(read, key, layer) : (history.states.get(0)?.get(key) ?? null)
  const measures = state === null ? null : read.access.machine.present(state, asOf)
  return state === null || measures === null ? null : { state, measures }
}

/** A key that is bound at read names several stored groups: all are read and joined. */
const scannedRow = async (
  ports: ServingPorts,
  read: ViewRead,
  history: History | null,
  asOf: number,
  { keys, layer }: RowQuestion,
): Promise<Row | null> => {
  const { machine } = read.access
  const groups =
    history === null
      ? await scanGroups(read, new Map(), ALL_TIME, layer, ports.scan)
      : [...(history.states.get(0) ?? [])].map(([key, state]) => ({ bucket: 0, key, state }))
  const where = Object.entries(keys).map(([column, eq]) => ({ column, test: { eq } }))
  const range = { from: null, to: null }
  const [row] = presentRows(
    machine,
    regroup(machine, groups, { where, groupBy: null, windows: 'none', range }),
    asOf,
  )
  return row ?? null
}
