import { partitionFor } from '@tidewater/base'
import type { PartitionRead, StateStore, StoredGroup } from '@tidewater/ports'
import type { PartitionView, Pointer, PointerSource, ReadPlan, View } from '@tidewater/seam'
import { isHomeEnough, readView } from '@tidewater/seam'
import type { Partitions } from './partitions.ts'
import { isHeldBy } from './view-access.ts'
import type { ViewAccess } from './view-access.ts'

/** What is read of a view: some groups by key text, windows that start in [from, to), every group, or headers alone. */
export type Selection = PartitionRead['select'] | { readonly kind: 'headers' }

export interface PartitionPart {
  readonly partition: PartitionView
  readonly batch: readonly StoredGroup[]
  readonly speed: readonly StoredGroup[]
}

/** One read of one view: all of it under one pointer, each partition at one moment. */
export interface ViewRead {
  readonly access: ViewAccess
  readonly pointer: Pointer
  /** The oldest slice that is not in the batch part. */
  readonly oldestSlice: number
  readonly parts: readonly PartitionPart[]
}

export interface ReadPorts {
  readonly store: StateStore
  readonly partitions: Partitions
  /** Passes the time between two attempts to read under a pointer that is just moving. */
  readonly between?: (attempt: number) => Promise<void>
}

export interface ViewQuestion {
  readonly access: ViewAccess
  readonly select: Selection
}

/** Where one part of a question's answer is: the partition's name, and which of its reads. */
interface ReadPlace {
  readonly asked: number
  readonly name: string
  readonly read: number | null
}

interface Read {
  readonly view: View
  readonly places: readonly ReadPlace[]
  /** Partitions of each topic asked about. */
  readonly counts: ReadonlyMap<string, number>
}

/** Answers all questions under one pointer, reading each partition in one command. */
export const readTogether = async (
  ports: ReadPorts,
  pointers: PointerSource,
  asked: readonly ViewQuestion[],
): Promise<ViewRead[]> => {
  const read = async (everywhere: boolean): Promise<Read> => {
    const counts = await countsOf(ports.partitions, asked)
    let places: ReadPlace[] = []
    const plan = (pointer: Pointer): readonly ReadPlan[] => {
      const planned = planReads(asked, pointer, counts, everywhere)
      places = planned.places
      return planned.plans
    }
    const view = await readView(ports.store, pointers, plan, ports.between)
    return hasGrown(view, counts, ports.partitions) ? read(everywhere) : { view, places, counts }
  }
  let found = await read(false)
  // A key may be away from home: then home is not the whole truth, so look at every partition.
  const strayed = found.view.partitions.some(
    ({ header, place }) => !isHomeEnough(header, found.counts.get(place.topic) ?? 0),
  )
  if (strayed && asked.some(({ access, select }) => hasHome(access, select))) found = await read(true)
  const { view, places } = found
  const byPlace = new Map(view.partitions.map((partition) => [nameOf(partition.place), partition]))
  return asked.map(({ access }, i) => ({
    access,
    pointer: view.pointer,
    oldestSlice: isHeldBy(access, view.pointer) ? view.pointer.number : 0,
    parts: places
      .filter((place) => place.asked === i)
      .map((place) => partOf(byPlace.get(place.name) as PartitionView, place.read)),
  }))
}

const countsOf = async (
  partitions: Partitions,
  asked: readonly ViewQuestion[],
): Promise<ReadonlyMap<string, number>> => {
  const counts = new Map<string, number>()
  for (const { topic } of asked.map(({ access }) => access)) {
    if (counts.has(topic)) continue
    const count = partitions.count(topic)
    counts.set(topic, typeof count === 'number' ? count : await count)
  }
  return counts
}

/** With more partitions keys have other homes: what was read under the old number is not the whole truth. */
const hasGrown = (view: View, counts: ReadonlyMap<string, number>, partitions: Partitions): boolean => {
  let grown = false
  for (const { place, header } of view.partitions) {
    if (header.partitions <= (counts.get(place.topic) ?? 0)) continue
    partitions.grow(place.topic, header.partitions)
    grown = true
  }
  return grown
}

const partOf = (partition: PartitionView, read: number | null): PartitionPart => {
  const part = read === null ? undefined : partition.parts[read]
  return { partition, batch: part?.batch ?? [], speed: part?.speed ?? [] }
}

const nameOf = ({ topic, partition }: { readonly topic: string; readonly partition: number }): string =>
  `${topic}:${partition}`

const hasHome = (access: ViewAccess, select: Selection): boolean =>
  select.kind === 'keys' && select.keys.every((key) => access.homeText(key) !== null)

/** Every asked read on every partition it needs, so that one partition is read by one command. */
const planReads = (
  asked: readonly ViewQuestion[],
  pointer: Pointer,
  counts: ReadonlyMap<string, number>,
  everywhere: boolean,
): { plans: ReadPlan[]; places: ReadPlace[] } => {
  const plans = new Map<string, { place: ReadPlan['place']; reads: PartitionRead[] }>()
  const places: ReadPlace[] = []
  for (const [i, { access, select }] of asked.entries()) {
    const { topic } = access
    const count = counts.get(topic) ?? 0
    const byPartition = everywhere ? null : homes(access, select, count)
    for (let partition = 0; partition < count; partition++) {
      const own = byPartition === null ? select : byPartition.get(partition)
      if (own === undefined) continue
      const place = { topic, partition }
      const name = nameOf(place)
      let plan = plans.get(name)
      if (plan === undefined) plans.set(name, (plan = { place, reads: [] }))
      const read = own.kind === 'headers' ? null : plan.reads.push(partitionRead(access, pointer, own)) - 1
      places.push({ asked: i, name, read })
    }
  }
  return { plans: [...plans.values()], places }
}

const partitionRead = (
  access: ViewAccess,
  pointer: Pointer,
  select: PartitionRead['select'],
): PartitionRead => ({
  fingerprint: access.machine.fingerprint,
  generation:
    access.view.window === null && pointer.number > 0 && isHeldBy(access, pointer) ? pointer.id : null,
  select,
})

/** The keys of each partition when all of them have a home; else null: every partition is read. */
const homes = (
  access: ViewAccess,
  select: Selection,
  count: number,
): Map<number, PartitionRead['select']> | null => {
  if (select.kind !== 'keys') return null
  const found = new Map<number, string[]>()
  for (const key of select.keys) {
    const text = access.homeText(key)
    if (text === null) return null
    const home = partitionFor(text, count)
    const keys = found.get(home)
    if (keys === undefined) found.set(home, [key])
    else keys.push(key)
  }
  return new Map([...found].map(([partition, keys]) => [partition, { kind: 'keys', keys }]))
}
