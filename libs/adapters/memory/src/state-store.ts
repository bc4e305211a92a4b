import type { TopicPartition } from '@tidewater/ports'
import { decodeHeader } from '@tidewater/seam'
import { newestSlice } from '@tidewater/seam'
import type { BatchCount, PartitionRead, StateStore, StoredGroup } from '@tidewater/ports'
import {
  batchOf,
  equalBytes,
  groupsOf,
  newPartition,
  removeEmpty,
  type Groups,
  type MemoryPartition,
} from './memory-partition.ts'

export interface MemoryStateStore extends StateStore {
  /** A copy of all that is stored now; values are shared, they never change. */
  snapshot(): MemorySnapshot
  /** What losing the tail of the store's journal does; an empty snapshot is a lost store. */
  restore(snapshot: MemorySnapshot): void
}

export interface MemorySnapshot {
  readonly partitions: ReadonlyMap<string, MemoryPartition>
  readonly pointer: Uint8Array | null
}

const nameOf = (place: TopicPartition): string => `${place.topic}:${place.partition}`

/** The state store in this process's memory; nothing survives it. */
export const createMemoryStateStore = (): MemoryStateStore => {
  let partitions = new Map<string, MemoryPartition>()
  let pointer: Uint8Array | null = null
  const listeners = new Map<string, Set<(message: string) => void>>()
  const at = (place: TopicPartition): MemoryPartition => {
    const name = nameOf(place)
    const found = partitions.get(name)
    if (found !== undefined) return found
    const made = newPartition()
    partitions.set(name, made)
    return made
  }
  return {
    ...partitionMethods(at),
    fingerprints: async () => {
      const parts = [...partitions.values()].flatMap(({ speed }) => [...speed])
      return [...new Set(parts.flatMap(([fingerprint, { size }]) => (size === 0 ? [] : [fingerprint])))]
    },
    memory: async () => ({
      used: [...partitions.values()].reduce((sum, p) => sum + bytesOf(p), 0),
      most: null,
    }),
    pointer: async () => pointer,
    movePointer: async (expected, next) => {
      if (!equalBytes(pointer, expected)) return false
      pointer = next.slice()
      return true
    },
    notify: async (channel, message) => {
      for (const on of listeners.get(channel) ?? []) on(message)
    },
    listen: async (channel, on) => {
      const all = listeners.get(channel) ?? new Set()
      listeners.set(channel, all.add(on))
      return async () => {
        all.delete(on)
      }
    },
    close: async () => listeners.clear(),
    snapshot: () => ({ partitions: copy(partitions), pointer }),
    restore: (snapshot) => {
      partitions = copy(snapshot.partitions)
      pointer = snapshot.pointer
    },
  }
}

const partitionMethods = (
  at: (place: TopicPartition) => MemoryPartition,
): Pick<
  StateStore,
  'header' | 'commit' | 'load' | 'seen' | 'read' | 'loadBatch' | 'dropBatch' | 'sweep'
> => ({
  header: async (place) => at(place).header,
  commit: async (place, { expected, next, clears, deletes, writes, seen, requires, forgetBefore }) => {
    const p = at(place)
    if (equalBytes(p.header, next)) return { kind: 'already-applied' }
    if (!equalBytes(p.header, expected)) return { kind: 'conflict', header: p.header }
    if (requires?.some((part) => part.groups !== countOf(p, part)) === true) return { kind: 'incomplete' }
    p.header = next.slice()
    for (const fingerprint of clears ?? []) p.speed.delete(fingerprint)
    for (const { fingerprint, bucket, key } of deletes ?? [])
      p.speed.get(fingerprint)?.get(bucket)?.delete(key)
    for (const w of writes) groupsOf(p, w.fingerprint, w.bucket).set(w.key, w.value.slice())
    for (const { bucket, bytes } of seen) p.seen.set(bucket, [...(p.seen.get(bucket) ?? []), bytes.slice()])
    for (const bucket of p.seen.keys()) if (bucket < (forgetBefore ?? -Infinity)) p.seen.delete(bucket)
    return { kind: 'applied' }
  },
  load: async (place, addresses) => {
    const p = at(place)
    const values = addresses.map((a) => p.speed.get(a.fingerprint)?.get(a.bucket)?.get(a.key) ?? null)
    return { header: p.header, values }
  },
  seen: async (place, from) => {
    const { header, seen } = at(place)
    const hours = [...seen].filter(([bucket]) => bucket >= from).sort(([a], [b]) => a - b)
    return { header, chunks: hours.flatMap(([bucket, chunks]) => chunks.map((bytes) => ({ bucket, bytes }))) }
  },
  read: async (place, reads) => {
    const p = at(place)
    return {
      header: p.header,
      parts: reads.map((read) => ({
        batch:
          read.generation === null ? [] : select(p.batch.get(read.generation)?.get(read.fingerprint), read),
        speed: select(p.speed.get(read.fingerprint), read),
      })),
    }
  },
  loadBatch: async (place, generation, fingerprint, groups) => {
    const p = at(place)
    for (const { bucket, key, value } of groups)
      batchOf(p, generation, fingerprint, bucket).set(key, value.slice())
  },
  dropBatch: async (place, generation, fingerprints) => {
    const { batch, header } = at(place)
    if (header !== null && decodeHeader(header).cuts.some(({ id }) => id === generation)) return
    for (const f of fingerprints) batch.get(generation)?.delete(f)
    if (batch.get(generation)?.size === 0) batch.delete(generation)
  },
  sweep: async (place, fingerprint, floor) => {
    const { header, speed } = at(place)
    const buckets = speed.get(fingerprint)
    const below = header === null ? 0 : Math.min(floor, decodeHeader(header).floor)
    let swept = 0
    for (const groups of buckets?.values() ?? []) {
      for (const [key, value] of groups) if (newestSlice(value) < below) swept += Number(groups.delete(key))
    }
    removeEmpty(buckets)
    return swept
  },
})

const countOf = ({ batch }: MemoryPartition, { generation, fingerprint }: BatchCount): number =>
  [...(batch.get(generation)?.get(fingerprint)?.values() ?? [])].reduce((sum, groups) => sum + groups.size, 0)

/** Of the speed part alone: what grows while no generation is built. */
const bytesOf = ({ speed }: MemoryPartition): number => {
  let bytes = 0
  for (const buckets of speed.values())
    for (const groups of buckets.values())
      for (const [key, value] of groups) bytes += key.length + value.length
  return bytes
}

const select = (buckets: Groups | undefined, { select: wanted }: PartitionRead): readonly StoredGroup[] => {
  const found: StoredGroup[] = []
  if (wanted.kind === 'keys') {
    for (const key of wanted.keys) {
      const value = buckets?.get(0)?.get(key)
      if (value !== undefined) found.push({ bucket: 0, key, value })
    }
    return found
  }
  for (const [bucket, groups] of [...(buckets ?? [])].sort(([a], [b]) => a - b)) {
    if (wanted.kind === 'range' && (bucket < wanted.from || bucket >= wanted.to)) continue
    for (const [key, value] of groups) found.push({ bucket, key, value })
  }
  return found
}

const copy = (partitions: ReadonlyMap<string, MemoryPartition>): Map<string, MemoryPartition> => {
  const copied = new Map<string, MemoryPartition>()
  for (const [name, p] of partitions) {
    const speed = new Map([...p.speed].map(([f, buckets]) => [f, copyGroups(buckets)]))
    const batch = new Map(
      [...p.batch].map(([g, parts]) => [g, new Map([...parts].map(([f, b]) => [f, copyGroups(b)]))]),
    )
    copied.set(name, { header: p.header, speed, batch, seen: new Map(p.seen) })
  }
  return copied
}

const copyGroups = (groups: Groups): Groups =>
  new Map([...groups].map(([bucket, group]) => [bucket, new Map(group)]))
