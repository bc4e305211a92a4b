import type { Buffer } from 'node:buffer'
import type { Address, SeenChunk, StoredGroup, TopicPartition } from '@tidewater/ports'
import type { Redis } from 'ioredis'
import { asBuffer } from './commit-arguments.ts'
import { batchKey, bucketsKey, headerKey, seenIndexKey, seenKey, speedPrefix } from './keys.ts'
import { DROP, runScript, SWEEP } from './script.ts'

/** Fields of one HMGET, groups of one HSET: large enough to be cheap, small enough not to hold up others. */
const LOAD_FIELDS = 5_000
const BATCH_GROUPS = 500
const SWEEP_FIELDS = 500
const SEEN_CHUNKS = 24

/** Values in the order of the addresses. */
export const loadValues = async (
  redis: Redis,
  place: TopicPartition,
  addresses: readonly Address[],
): Promise<(Buffer | null)[]> => {
  const values = new Array<Buffer | null>(addresses.length).fill(null)
  const wanted = new Map<string, number[]>()
  for (const [i, { fingerprint, bucket }] of addresses.entries()) {
    const key = `${speedPrefix(place, fingerprint)}${bucket}`
    const places = wanted.get(key)
    if (places === undefined) wanted.set(key, [i])
    else places.push(i)
  }
  const fetches: Promise<void>[] = []
  for (const [key, places] of wanted) {
    for (let from = 0; from < places.length; from += LOAD_FIELDS) {
      const part = places.slice(from, from + LOAD_FIELDS)
      const fields = part.map((i) => (addresses[i] as Address).key)
      fetches.push(
        redis.hmgetBuffer(key, ...fields).then((found) => {
          for (const [j, i] of part.entries()) values[i] = found[j] ?? null
        }),
      )
    }
  }
  await Promise.all(fetches)
  return values
}

export const loadSeen = async (redis: Redis, place: TopicPartition, from: number): Promise<SeenChunk[]> => {
  const buckets = (await redis.zrangebyscore(seenIndexKey(place), from, '+inf')).map(Number)
  const chunks: SeenChunk[] = []
  for (let i = 0; i < buckets.length; i += SEEN_CHUNKS) {
    const some = buckets.slice(i, i + SEEN_CHUNKS)
    const found = await Promise.all(some.map((bucket) => redis.getBuffer(seenKey(place, bucket))))
    for (const [j, bucket] of some.entries()) {
      const bytes = found[j]
      if (bytes !== null && bytes !== undefined) chunks.push({ bucket, bytes })
    }
  }
  return chunks
}

export const loadBatchPart = async (
  redis: Redis,
  place: TopicPartition,
  generation: string,
  fingerprint: string,
  groups: readonly StoredGroup[],
): Promise<void> => {
  const key = batchKey(place, generation, fingerprint)
  const strange = groups.find(({ bucket }) => bucket !== 0)
  if (strange !== undefined) throw new Error(`group ${strange.key} has a window: windowed batch parts stay in the warehouse`)
  for (let from = 0; from < groups.length; from += BATCH_GROUPS) {
    const pairs = groups.slice(from, from + BATCH_GROUPS).flatMap(({ key: field, value }) => [field, asBuffer(value)])
    await redis.hset(key, ...pairs)
  }
}

/** Leaves the part of a generation that the stored header names. */
export const dropBatchPart = async (
  redis: Redis,
  place: TopicPartition,
  generation: string,
  fingerprints: readonly string[],
): Promise<void> => {
  if (fingerprints.length === 0) return
  const keys = fingerprints.map((f) => batchKey(place, generation, f))
  await runScript(redis, DROP, [headerKey(place), ...keys], [generation])
}

/** Goes through every window start in bounded steps; others are served in between. */
export const sweepValues = async (
  redis: Redis,
  place: TopicPartition,
  fingerprint: string,
  floor: number,
): Promise<number> => {
  const index = bucketsKey(place, fingerprint)
  let swept = 0
  for (const bucket of await redis.zrange(index, '0', '-1')) {
    const key = `${speedPrefix(place, fingerprint)}${bucket}`
    let cursor = '0'
    do {
      const reply = await runScript(redis, SWEEP, [key, index, headerKey(place)], [cursor, String(floor), String(SWEEP_FIELDS), bucket])
      const [next, deleted] = reply as [Buffer, number]
      cursor = next.toString()
      swept += deleted
    } while (cursor !== '0')
  }
  return swept
}
