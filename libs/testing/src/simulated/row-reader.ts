import type { Machine } from '@tidewater/plan'
import {
  ALL_WINDOWS,
  type ArchivePresenter,
  type BatchReader,
  type Lake,
  type ServedRow,
} from '@tidewater/ports'
import type { Disk } from './disk.ts'
import type { Process } from './process.ts'
import {
  eventOf,
  machineOf,
  rowsInLake,
  slotRowsOf,
  statesOf,
  type Definitions,
  type Group,
} from './row-states.ts'
import type { Shelf } from './row-warehouse.ts'

/** Serving's questions to the same warehouse, and to the lake for past moments. */
export const rowReader = (
  { catalog, machines }: Definitions,
  shelf: Shelf,
  disk: Disk,
  process: Process,
  lake: Pick<Lake, 'entries' | 'path'>,
): BatchReader => ({
  slots: async function* ({ generation, view, from, to }) {
    const rows = await process.call('local', async () => {
      const built = shelf.built(generation, view)
      if (built.fingerprint !== machines.get(view)?.fingerprint) throw new Error(`${view} has other columns`)
      return [...built.byPartition.values()]
        .flat()
        .filter(({ bucket }) => bucket >= from && bucket < to)
        .sort((a, b) => a.bucket - b.bucket)
    })
    for (let at = 0; at < rows.length; at += CHUNK_ROWS) yield rows.slice(at, at + CHUNK_ROWS)
  },
  history: async ({ view, offsets, asOf, key }) => {
    const machine = machineOf(machines, view)
    const rows = await rowsInLake(catalog, machine, disk, process, lake, offsets)
    return statesOf(
      machine,
      rows.filter(({ row }) => (row[eventOf(catalog, machine).time] as number) <= asOf),
      'all',
    )
      .filter((group) => key === null || group.key === key)
      .flatMap((group) => slotRowsOf(machine, group))
  },
  close: async () => undefined,
})

/** What answers are reconciled with: a view recomputed from the lake and presented, in two parts where it can be divided. */
export const rowPresenter = (
  { catalog, machines }: Definitions,
  disk: Disk,
  process: Process,
  lake: Pick<Lake, 'entries' | 'path'>,
): ArchivePresenter => ({
  divide: async (view) => {
    const machine = machineOf(machines, view)
    const isBound = machine.layout.keys.some(({ direct }) => direct === null)
    if (machine.view.window === null)
      return isBound
        ? [{ kind: 'keys', share: 0, of: 1 }]
        : [0, 1].map((share) => ({ kind: 'keys', share, of: 2 }))
    const middle = Math.floor(process.clock.now() / HOUR_MS) * HOUR_MS
    return [
      { kind: 'windows', from: ALL_WINDOWS.from, to: middle },
      { kind: 'windows', from: middle, to: ALL_WINDOWS.to },
    ]
  },
  present: async (view, part, offsets, asOf) => {
    const machine = machineOf(machines, view)
    const rows = await rowsInLake(catalog, machine, disk, process, lake, offsets)
    const groups = statesOf(machine, rows, 'all').filter(({ bucket, key }) =>
      part.kind === 'windows' ? bucket >= part.from && bucket < part.to : key.length % part.of === part.share,
    )
    return presented(machine, groups, asOf)
  },
})

const HOUR_MS = 3_600_000
const CHUNK_ROWS = 20

/** Keys bound at read may join several groups into one. */
const presented = (machine: Machine, groups: readonly Group[], asOf: number): readonly ServedRow[] => {
  const joined = new Map<string, Group>()
  for (const group of groups) {
    const name = JSON.stringify([group.bucket, machine.presentKeys(group.key)])
    const known = joined.get(name)
    if (known === undefined) joined.set(name, group)
    else machine.merge(known.state, group.state)
  }
  const windowed = machine.view.window !== null
  return [...joined.values()].flatMap(({ bucket, key, state }) => {
    const measures = machine.present(state, asOf)
    if (measures === null) return []
    const [start, end] = windowed ? [bucket, machine.bucketEnd(bucket)] : [null, null]
    return [{ keys: machine.presentKeys(key), start, end, measures }]
  })
}
