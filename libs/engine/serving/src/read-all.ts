import { PlatformError, didYouMean } from '@tidewater/base'
import { presentRows, regroup } from '@tidewater/merge'
import type { ServedView, ServingReader } from '@tidewater/ports'
import { bucketsOf } from '@tidewater/windows'
import { answerInstant } from './answer-instant.ts'
import { ALL_TIME } from './batch-part.ts'
import { gapsOf, offsetsOf } from './freshness.ts'
import { scanGroups } from './group-states.ts'
import type { Operation } from './operation.ts'
import type { ServingPorts } from './serving-ports.ts'
import type { ViewAccess } from './view-access.ts'

/** Everything a view would answer, read by the path every query takes (semantics Q2). */
export const createServingReader = (
  ports: ServingPorts,
  views: ReadonlyMap<string, ViewAccess>,
  begin: () => Operation,
): ServingReader => ({
  readAll: async (name) => readAll(ports, viewNamed(views, name), begin()),
})

/** Throws `UNKNOWN_VIEW`, naming the nearest one. */
export const viewNamed = (views: ReadonlyMap<string, ViewAccess>, name: string): ViewAccess => {
  const found = views.get(name)
  if (found !== undefined) return found
  throw new PlatformError(
    'UNKNOWN_VIEW',
    `there is no view '${name.slice(0, 80)}'${didYouMean(name, views.keys())}`,
    `views: ${[...views.keys()].join(', ')}`,
    'name',
  )
}

const readAll = async (
  ports: ServingPorts,
  access: ViewAccess,
  operation: Operation,
): Promise<ServedView> => {
  const { machine, view } = access
  const windowed = view.window !== null
  const [asOf, read] = await Promise.all([
    answerInstant(operation, access, { kind: 'now', backMs: 0, floor: null }),
    operation.read(access, windowed ? { kind: 'range', ...ALL_TIME } : { kind: 'all' }),
  ])
  const batch = windowed ? await ports.batchParts.states(access, read.pointer, ALL_TIME) : new Map()
  // Reconciling is not a question of a user: it may take as long as it takes.
  const groups = await scanGroups(read, batch, ALL_TIME, 'MERGED', { ...ports.scan, deadlineMs: Infinity })
  const windows = view.window === null ? 'none' : bucketsOf(view.window)
  const range = { from: null, to: null }
  const rows = presentRows(
    machine,
    regroup(machine, groups, { where: [], groupBy: null, windows, range }),
    asOf,
  )
  const degraded = new Set([...rows.flatMap(({ state }) => machine.degraded(state, asOf)), ...gapsOf(read)])
  return {
    rows: rows.map(({ keys, start, end, measures }) => ({ keys, start, end, measures })),
    offsets: offsetsOf(read, 'MERGED'),
    asOf,
    degraded: [...degraded],
  }
}
