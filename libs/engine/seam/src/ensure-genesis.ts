import type { EventLog, GenerationRecord, Nonce, StateStore, TopicPartition } from '@tidewater/ports'
import { changeHeader, markStrayed, readHeaders } from './change-header.ts'
import { encodeHeader } from './header.ts'
import { firstHomes } from './homes.ts'
import { encodePointer, pointerOf } from './pointer.ts'
import * as protocol from './protocol.ts'

export interface SeedPorts {
  readonly store: StateStore
  readonly log: Pick<EventLog, 'bounds'>
  readonly nonce: Nonce
}

/**
 * Creates what is missing: a header per partition of the topics of `places`, begun at the newest durable generation's cut, and,
 * where no generation exists, the pointer to generation 0. Headers of a topic that has grown learn of it. Called by whoever
 * comes first, and by every worker before it takes a partition; changes nothing else that is there.
 */
export const ensureGenesis = async (
  ports: SeedPorts,
  places: readonly TopicPartition[],
  newest: GenerationRecord | null,
): Promise<void> => {
  const { store } = ports
  const topics = new Set(places.map(({ topic }) => topic))
  await Promise.all([...topics].map((topic) => ensureHeaders(ports, topic, newest)))
  if (newest === null && (await store.pointer()) === null)
    await store.movePointer(null, encodePointer(pointerOf(null)))
}

/** New headers before old ones are touched, and every mark before the first of them grows: a crash in between claims nothing false. */
const ensureHeaders = async (
  { store, log, nonce }: SeedPorts,
  topic: string,
  newest: GenerationRecord | null,
): Promise<void> => {
  const count = (await log.bounds(topic)).length
  const places = Array.from({ length: count }, (_, partition): TopicPartition => ({ topic, partition }))
  const headers = await readHeaders(store, places)
  if (headers.includes(null)) {
    // Asked only now: whatever an answer from the lost store had seen is below these ends.
    const ends = new Map((await log.bounds(topic)).map(({ partition, high }) => [partition, high]))
    await Promise.all(
      places.map(async (place, index) => {
        if (headers[index] !== null) return
        const found = { ...firstHomes(place, headers, newest), end: ends.get(place.partition) ?? 0 }
        const next = encodeHeader(protocol.seedHeader(pointerOf(newest), place, found, nonce()))
        await store.commit(place, { expected: null, next, writes: [], seen: [] })
      }),
    )
  }
  if (!headers.some((header) => header !== null && header.partitions < count)) return
  await Promise.all(places.map((place) => markStrayed(store, place, nonce)))
  await Promise.all(
    places.map((place) => changeHeader(store, place, (h) => protocol.grow(h, count, nonce()))),
  )
}
