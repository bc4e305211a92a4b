import { PlatformError, didYouMean } from '@tidewater/base'
import { presentRows, regroup } from '@tidewater/merge'
import type { PartitionRead, ServedView, ServingReader } from '@tidewater/ports'
import { bucketsOf } from '@tidewater/windows'
import { answerInstant } from './answer-instant.ts'
import { ALL_TIME } from './batch-part.ts'
import { gapsOf, missingOf, offsetsOf } from './freshness.ts'
import { scanGroups } from './group-states.ts'
import type { Operation } from './operation.ts'
import type { ServingPorts } from './serving-ports.ts'
import type { ViewAccess } from './view-access.ts'

/** What a view answers to lists and to questions for single keys, read by the paths these take (semantics Q2). */
export const createServingReader = (
  ports: ServingPorts,
  views: ReadonlyMap<string, ViewAccess>,
  begin: () => Operation,
): ServingReader => ({
  readList: async (name, { from, to }) => {
    const access = viewNamed(views, name)
    const select =
      access.view.window === null ? { kind: 'all' as const } : { kind: 'range' as const, from, to }
    return readGroups(ports, access, begin(), select)
  },
  readKeys: async (name, asked) => {
    const access = viewNamed(views, name)
    const keys = asked.map((each) => access.keyText(each))
    if (access.view.window !== null || keys.includes(null)) return null
    return readGroups(ports, access, begin(), { kind: 'keys', keys: keys as string[] })
  },
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

const readGroups = async (
  ports: ServingPorts,
  access: ViewAccess,
  operation: Operation,
  select: PartitionRead['select'],
): Promise<ServedView> => {
  const { machine, view } = access
  const [asOf, read] = await Promise.all([
    answerInstant(operation, access, { kind: 'now', backMs: 0, floor: null }),
    operation.read(access, select),
  ])
  const within = select.kind === 'range' ? select : ALL_TIME
  const batch =
    select.kind === 'range' ? await ports.batchParts.once(access, read.pointer, within) : new Map()
  // Reconciling is not a question of a user: it may take as long as it takes.
  const groups = await scanGroups(read, batch, within, 'MERGED', { ...ports.scan, deadlineMs: Infinity })
  const windows = view.window === null ? 'none' : bucketsOf(view.window)
  const range = { from: null, to: null }
  const rows = presentRows(
    machine,
    regroup(machine, groups, { where: [], groupBy: null, windows, range }),
    asOf,
  )
  const cut = rows.flatMap(({ state }) => machine.degraded(state, asOf))
  const degraded = new Set([...cut, ...gapsOf(read), ...missingOf(read)])
  return {
    rows: rows.map(({ keys, start, end, measures }) => ({ keys, start, end, measures })),
    offsets: offsetsOf(read, 'MERGED'),
    asOf,
    degraded: [...degraded],
  }
}
