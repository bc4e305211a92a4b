import type { HostPorts } from '@tidewater/testing/simulated'
import type { Lake, RawTables, StateStore, TopicPartition, Warehouse } from '@tidewater/ports'
import { decodeHeader, decodePointer } from '@tidewater/seam'
import type { Counts } from './counts.ts'

/** Adds up what the platform does at its seams, told apart from what it does when all is over. */
export interface Watched {
  store(store: StateStore): StateStore
  ports(ports: HostPorts): HostPorts
}

/** `counts` gets nothing any more once `isOver`. */
export const createWatched = (all: Counts, isOver: () => boolean): Watched => {
  const made = new Set<string>()
  const counts = { add: (name: string, n = 1): void => (isOver() ? undefined : all.add(name, n)) }
  return {
    store: (store) => watchedStore(store, counts),
    ports: (ports) => ({
      ...ports,
      lake: watchedLake(ports.lake, made, counts),
      warehouses: ports.warehouses.map((warehouse) => watchedWarehouse(warehouse, made, counts)),
      raw: ports.raw === null ? null : watchedTables(ports.raw, counts),
    }),
  }
}

type Counting = Pick<Counts, 'add'>

const watchedLake = (lake: Lake, made: Set<string>, counts: Counting): Lake => ({
  ...lake,
  add: async (entry, file) => {
    const outcome = await lake.add(entry, file)
    if (outcome === 'lost') counts.add('entries_lost')
    else if (entry.level > 0) counts.add('compacted')
    else {
      counts.add('entries')
      if (entry.missed > 0) counts.add('gaps')
      if (entry.absent > 0) counts.add('archived_holes')
    }
    return outcome
  },
  retire: async (topic, inUse) => {
    const removed = await lake.retire(topic, inUse)
    counts.add('files_removed', removed)
    return removed
  },
  addGeneration: async (record) => {
    const outcome = await lake.addGeneration(record)
    if (outcome === 'added') made.add(record.id)
    else counts.add('generations_outrun')
    return outcome
  },
  removeGeneration: async (id) => {
    await lake.removeGeneration(id)
    counts.add('generations_dropped')
  },
})

const watchedWarehouse = (warehouse: Warehouse, made: ReadonlySet<string>, counts: Counting): Warehouse => ({
  ...warehouse,
  build: async (plan, progress) => {
    const built = await warehouse.build(plan, progress)
    counts.add(made.has(plan.id) ? 'generations_rebuilt' : 'generations_built')
    return built
  },
})

const watchedTables = (raw: RawTables, counts: Counting): RawTables => ({
  ...raw,
  load: async (event, file) => {
    await raw.load(event, file)
    counts.add('raw_loads')
  },
  remove: async (...range) => {
    await raw.remove(...range)
    counts.add('raw_repairs')
  },
})

const watchedStore = (store: StateStore, counts: Counting): StateStore => {
  const published = new Map<string, number>()
  const cutAt = (generation: string | null, place: TopicPartition): number =>
    published.get(`${generation} ${place.partition}`) ?? 0
  return {
    ...store,
    movePointer: async (expected, next) => {
      const moved = await store.movePointer(expected, next)
      const { id, cuts } = decodePointer(next)
      for (const { partition, cut } of cuts) published.set(`${id} ${partition}`, cut)
      if (moved) counts.add('generations_published')
      return moved
    },
    commit: async (place, commit) => {
      const result = await store.commit(place, commit)
      if (result.kind === 'incomplete') counts.add('parts_incomplete')
      if (result.kind !== 'applied' || commit.writes.length > 0 || commit.seen.length > 0) return result
      if (commit.expected === null) return result
      const [before, after] = [decodeHeader(commit.expected), decodeHeader(commit.next)]
      if (after.floor > before.floor) counts.add('generations_retired')
      if ((commit.requires ?? []).length > 0) counts.add('generations_registered')
      if (after.halted !== null && before.halted === null) counts.add('halted')
      return result
    },
    read: async (place, reads) => {
      const answer = await store.read(place, reads)
      if (reads.some(({ generation }) => cutAt(generation, place) > 0)) counts.add('reads_past_cut')
      if (answer.parts.some(({ batch, speed }) => batch.length > 0 && speed.length > 0))
        counts.add('reads_merged')
      return answer
    },
  }
}
