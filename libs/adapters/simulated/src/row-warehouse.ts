import { decodeKey, type Machine, type SlotRow, type State } from '@tidewater/plan'
import type {
  ArchivePresenter,
  BatchReader,
  GenerationPlan,
  GenerationRecord,
  Lake,
  OffsetVector,
  ServedRow,
  Warehouse,
} from '@tidewater/ports'
import { ALL_WINDOWS } from '@tidewater/ports'
import { topicOf, type Catalog } from 'tidewater'
import type { Disk } from './disk.ts'
import type { Process } from './process.ts'
import { rowsOf, withoutCopies, type ArchivedRow } from './row-files.ts'

interface Built {
  readonly fingerprint: string
  readonly byPartition: ReadonlyMap<number, readonly SlotRow[]>
}

/** What a SQL engine keeps on its own disk: survives every process. */
export interface Shelf {
  readonly generations: Map<string, ReadonlyMap<string, Built>>
  /** What analysts see. */
  published: GenerationRecord | null
}

export const createShelf = (): Shelf => ({ generations: new Map(), published: null })

interface Definitions {
  readonly catalog: Catalog
  readonly machines: ReadonlyMap<string, Machine>
}

interface Group {
  readonly partition: number
  readonly bucket: number
  readonly key: string
  readonly state: State
}

/** State of every group over some rows, by adding them one after the other, per partition or over all. */
const statesOf = (
  machine: Machine,
  rows: readonly ArchivedRow[],
  per: 'partition' | 'all',
): readonly Group[] => {
  const groups = new Map<string, Group>()
  for (const { row, partition, offset } of rows) {
    const key = machine.keyOf(row)
    if (key === null) continue
    const bucket = machine.bucketOf(row)
    const name = `${per === 'all' ? 0 : partition} ${bucket} ${key}`
    let group = groups.get(name)
    if (group === undefined) groups.set(name, (group = { partition, bucket, key, state: machine.zero() }))
    machine.add(group.state, row, partition, offset)
  }
  return [...groups.values()]
}

const slotRowsOf = (machine: Machine, { partition, bucket, key, state }: Group): readonly SlotRow[] =>
  machine.slotsOf(state, { partition, bucket, keys: decodeKey(key, machine.layout.stateKeys) })

/** A warehouse that computes in JavaScript what the SQL engines compute in SQL, over the same files of the lake. */
export const rowWarehouse = (
  { catalog, machines }: Definitions,
  shelf: Shelf,
  disk: Disk,
  process: Process,
  buildMs: () => number,
): Warehouse => {
  const pause = (ms: number): Promise<void> => new Promise((resolve) => process.timers.after(ms, resolve))
  const builtOf = (id: string, view: string): Built => {
    const built = shelf.generations.get(id)?.get(view)
    if (built === undefined) throw new Error(`generation ${id} has no ${view}`)
    return built
  }
  return {
    name: 'duckdb',
    build: async (plan, progress) => {
      await pause(buildMs())
      const parts = new Map<string, Built>()
      for (const machine of machines.values()) {
        const rows = await process.call('local', async () => rowsBelow(catalog, disk, machine, plan))
        parts.set(machine.view.name, builtFrom(machine, rows))
        progress(parts.size / machines.size)
      }
      await process.call('local', async () => void shelf.generations.set(plan.id, parts))
      return [...parts].map(([view, { byPartition }]) => ({
        view,
        slots: [...byPartition.values()].reduce((sum, rows) => sum + rows.length, 0),
      }))
    },
    holds: (id) => process.call('local', async () => shelf.generations.has(id)),
    slots: async function* (id, view, partition) {
      yield await process.call('local', async () => builtOf(id, view).byPartition.get(partition) ?? [])
    },
    publish: (generation) => process.call('local', async () => void (shelf.published = generation)),
    showNotes: async () => undefined,
    retire: (kept) =>
      process.call('local', async () => {
        const gone = [...shelf.generations.keys()].filter((id) => !kept.includes(id))
        for (const id of gone) shelf.generations.delete(id)
        return gone.length
      }),
    close: async () => undefined,
  }
}

const rowsBelow = (
  catalog: Catalog,
  disk: Disk,
  machine: Machine,
  { files, cuts }: Pick<GenerationPlan, 'files' | 'cuts'>,
): readonly ArchivedRow[] => {
  const event = eventOf(catalog, machine)
  const topic = topicOf(event.name)
  const below = new Map(cuts.filter((c) => c.topic === topic).map(({ partition, cut }) => [partition, cut]))
  const rows = (files.get(event.name) ?? []).flatMap((file) => rowsOf(event, disk.read(file)))
  return withoutCopies(
    rows.filter(({ partition, offset }) => offset < (below.get(partition) ?? 0)),
    event.horizonMs,
  )
}

const eventOf = (catalog: Catalog, machine: Machine) => {
  const event = catalog.events.get(machine.view.from)
  if (event === undefined) throw new Error(`no event ${machine.view.from}`)
  return event
}

const builtFrom = (machine: Machine, rows: readonly ArchivedRow[]): Built => {
  const byPartition = new Map<number, SlotRow[]>()
  for (const group of statesOf(machine, rows, 'partition')) {
    const own = byPartition.get(group.partition)
    if (own === undefined) byPartition.set(group.partition, [...slotRowsOf(machine, group)])
    else own.push(...slotRowsOf(machine, group))
  }
  return { fingerprint: machine.fingerprint, byPartition }
}

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
      const built = shelf.generations.get(generation)?.get(view)
      if (built === undefined) throw new Error(`generation ${generation} has no ${view}`)
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

const machineOf = (machines: ReadonlyMap<string, Machine>, view: string): Machine => {
  const machine = machines.get(view)
  if (machine === undefined) throw new Error(`no view ${view}`)
  return machine
}

const rowsInLake = async (
  catalog: Catalog,
  machine: Machine,
  disk: Disk,
  process: Process,
  lake: Pick<Lake, 'entries' | 'path'>,
  offsets: OffsetVector,
): Promise<readonly ArchivedRow[]> => {
  const event = eventOf(catalog, machine)
  const topic = topicOf(event.name)
  const entries = await lake.entries(topic)
  const files = entries.flatMap(({ file }) => (file === null ? [] : [lake.path(file)]))
  const cuts = offsets.map(({ next, ...place }) => ({ ...place, cut: next }))
  return process.call('local', async () =>
    rowsBelow(catalog, disk, machine, { files: new Map([[event.name, files]]), cuts }),
  )
}

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
  const shown = new Map<string, Group>()
  for (const group of groups) {
    const name = JSON.stringify([group.bucket, machine.presentKeys(group.key)])
    const known = shown.get(name)
    if (known === undefined) shown.set(name, group)
    else machine.merge(known.state, group.state)
  }
  const windowed = machine.view.window !== null
  return [...shown.values()].flatMap(({ bucket, key, state }) => {
    const measures = machine.present(state, asOf)
    if (measures === null) return []
    const [start, end] = windowed ? [bucket, machine.bucketEnd(bucket)] : [null, null]
    return [{ keys: machine.presentKeys(key), start, end, measures }]
  })
}
