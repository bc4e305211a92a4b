import type { Machine, State } from '@tidewater/plan'
import type { StateStore, StoredGroup, TopicPartition } from '@tidewater/ports'
import { readPointer, readSlices, readView, type Pointer } from '@tidewater/seam'

/** What the state store holds of a view: both parts of every group, presented, by `key@bucket`. */
export interface StoredView {
  readonly pointer: Pointer
  readonly batch: Readonly<Record<string, unknown>>
  readonly speed: Readonly<Record<string, unknown>>
}

/** Reads as serving does, so a partition that contradicts the pointer is never mixed in. */
export const storedView = async (
  { store, places }: { readonly store: StateStore; readonly places: readonly TopicPartition[] },
  machine: Machine,
  asOf: number,
): Promise<StoredView> => {
  const { fingerprint } = machine
  const pointers = { cached: () => readPointer(store), fresh: () => readPointer(store) }
  const { pointer, partitions } = await readView(store, pointers, ({ id }) =>
    places.map((place) => ({ place, reads: [{ fingerprint, generation: id, select: { kind: 'all' } }] })),
  )
  const presented = (part: 'batch' | 'speed'): Record<string, unknown> => {
    const groups = partitions.flatMap(({ parts }) => parts[0]?.[part] ?? [])
    return Object.fromEntries(
      [...statesOf(machine, groups)].map(([name, state]) => [name, machine.present(state, asOf)]),
    )
  }
  return { pointer, batch: presented('batch'), speed: presented('speed') }
}

const statesOf = (machine: Machine, groups: readonly StoredGroup[]): ReadonlyMap<string, State> => {
  const states = new Map<string, State>()
  for (const { bucket, key, value } of groups) {
    const name = `${key}@${bucket}`
    const state = states.get(name) ?? machine.zero()
    states.set(name, state)
    for (const { start, end } of readSlices(value)) machine.merge(state, machine.decode(value, start, end))
  }
  return states
}
