import type { Machine } from '@tidewater/plan'
import type { JobProgress, OffsetVector } from '@tidewater/ports'
import { ALL_WINDOWS, type ServedRow, type ServedView, type ViewPart } from '@tidewater/ports'
import { keyOf, type ReconcilePorts } from './batch-ports.ts'
import { groupOf, type Pair } from './compare-rows.ts'
import { createTally, type ReconcileResult, type Tally } from './reconcile-result.ts'

/** Groups held at a time, on each side. */
const PART_GROUPS = 50_000

/**
 * Reads every group of every view through serving and recomputes it from the archive at the very offsets and instant of
 * that answer (semantics Q2): batch ⊕ speed against one SQL statement over history. The goal is 0, always.
 */
export const reconcile = async (
  ports: ReconcilePorts,
  machines: readonly Machine[],
  report: (progress: JobProgress) => void,
  partGroups = PART_GROUPS,
): Promise<ReconcileResult> => {
  const tally = createTally()
  for (const [index, machine] of machines.entries()) {
    const { name, window } = machine.view
    const parts = await ports.archive.divide(name, partGroups)
    const reportPart = (part: number): void =>
      report({ step: `reconcile ${name}`, fraction: (index + part / parts.length) / machines.length })
    reportPart(0)
    const compared = { ports, machine, parts, tally, reportPart }
    await (window === null ? compareKeys(compared) : compareWindows(compared))
  }
  return tally.result()
}

/** A view whose answers are compared part by part. */
interface Compared {
  readonly ports: ReconcilePorts
  readonly machine: Machine
  readonly parts: readonly ViewPart[]
  readonly tally: Tally
  readonly reportPart: (part: number) => void
}

const isBuilding = ({ degraded }: ServedView): boolean => degraded.includes('building')

/** Range by range, each at the offsets of its own answer. */
const compareWindows = async ({ ports, machine, parts, tally, reportPart }: Compared): Promise<void> => {
  for (const [n, part] of parts.entries()) {
    const served = await ports.serving.readList(
      machine.view.name,
      part.kind === 'windows' ? part : ALL_WINDOWS,
    )
    if (isBuilding(served)) return tally.leaveOut(machine)
    const archived = await recompute(ports, machine, part, served)
    tally.add(machine, served, 'list', paired(byGroup(served.rows), archived))
    reportPart(n + 1)
  }
}

/** A view without window is whole in the store, so one list answers it; then its keys are asked for one by one. */
const compareKeys = async (compared: Compared): Promise<void> => {
  const { ports, machine, parts, tally, reportPart } = compared
  const listed = await ports.serving.readList(machine.view.name, ALL_WINDOWS)
  if (isBuilding(listed)) return tally.leaveOut(machine)
  const rest = byGroup(listed.rows)
  for (const [n, part] of parts.entries()) {
    const archived = await recompute(ports, machine, part, listed)
    const own = new Map<string, ServedRow>()
    for (const row of archived) {
      const group = groupOf(row)
      const served = rest.get(group)
      if (served !== undefined) own.set(group, served)
      rest.delete(group)
    }
    tally.add(machine, listed, 'list', paired(own, archived))
    await askForKeys(compared, part, listed, archived)
    reportPart(n + 1)
  }
  tally.add(machine, listed, 'list', paired(rest, []))
}

/**
 * The groups the archive has, each asked for by its key. A list reads every partition; a question for a key reads the key's
 * home, so only it shows that a group which strayed from home is not found.
 */
const askForKeys = async (
  { ports, machine, tally }: Compared,
  part: ViewPart,
  listed: ServedView,
  known: readonly ServedRow[],
): Promise<void> => {
  if (known.length === 0) return
  const answered = await ports.serving.readKeys(
    machine.view.name,
    known.map(({ keys }) => keys),
  )
  if (answered === null) return
  // What was not read cannot hold more of these keys than the list, which was asked for before, has seen.
  const offsets = joined(listed.offsets, answered.offsets)
  const answer = { ...answered, offsets }
  const asked = new Set(known.map(groupOf))
  const archived = await recompute(ports, machine, part, answer)
  const pairs = paired(
    byGroup(answer.rows),
    archived.filter((row) => asked.has(groupOf(row))),
  )
  tally.add(machine, answer, 'key', pairs)
}

const joined = (before: OffsetVector, after: OffsetVector): OffsetVector => [
  ...new Map([...before, ...after].map((offset) => [keyOf(offset), offset])).values(),
]

const recompute = async (
  { archive, covered }: ReconcilePorts,
  { view }: Machine,
  part: ViewPart,
  { offsets, asOf }: Pick<ServedView, 'offsets' | 'asOf'>,
): Promise<readonly ServedRow[]> => {
  await covered(offsets)
  return archive.present(view.name, part, offsets, asOf)
}

const byGroup = (rows: readonly ServedRow[]): Map<string, ServedRow> =>
  new Map(rows.map((row) => [groupOf(row), row]))

/** Takes from `served` what it pairs. */
function* paired(served: Map<string, ServedRow>, archived: readonly ServedRow[]): Iterable<Pair> {
  for (const row of archived) {
    const group = groupOf(row)
    yield { served: served.get(group) ?? null, archived: row }
    served.delete(group)
  }
  for (const row of served.values()) yield { served: row, archived: null }
}
