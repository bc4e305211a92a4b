import { decodeKey, type Machine, type SlotRow, type State } from '@tidewater/plan'
import type { GenerationPlan, Lake, OffsetVector } from '@tidewater/ports'
import { topicOf, type Catalog } from 'tidewater'
import type { Disk } from './disk.ts'
import type { Process } from './process.ts'
import { rowsOf, withoutCopies, type ArchivedRow } from './row-files.ts'

/** A catalog with its views compiled. */
export interface Definitions {
  readonly catalog: Catalog
  readonly machines: ReadonlyMap<string, Machine>
}

export interface Group {
  readonly partition: number
  readonly bucket: number
  readonly key: string
  readonly state: State
}

/** State of every group over some rows, by adding them one after the other, per partition or over all. */
export const statesOf = (
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

export const slotRowsOf = (machine: Machine, { partition, bucket, key, state }: Group): readonly SlotRow[] =>
  machine.slotsOf(state, { partition, bucket, keys: decodeKey(key, machine.layout.stateKeys) })

export const rowsBelow = (
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
    event,
    rows.filter(({ partition, offset }) => offset < (below.get(partition) ?? 0)),
  )
}

export const eventOf = (catalog: Catalog, machine: Machine) => {
  const event = catalog.events.get(machine.view.from)
  if (event === undefined) throw new Error(`no event ${machine.view.from}`)
  return event
}

export const machineOf = (machines: ReadonlyMap<string, Machine>, view: string): Machine => {
  const machine = machines.get(view)
  if (machine === undefined) throw new Error(`no view ${view}`)
  return machine
}

export const rowsInLake = async (
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
