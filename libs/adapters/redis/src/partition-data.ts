import type { Buffer } from 'node:buffer'
import type {
  Address,
  LoadedSeen,
  LoadedValues,
  SeenChunk,
  StoredGroup,
  TopicPartition,
} from '@tidewater/ports'
import type { Redis } from 'ioredis'
import { asBuffer } from './commit-arguments.ts'
import {
  BUCKETS_PATTERN,
  batchKey,
  bucketsKey,
  fingerprintOfBucketsKey,
  headerKey,
  seenIndexKey,
  seenKey,
  speedPrefix,
} from './keys.ts'
import { packKeys } from './pack.ts'
import { DROP, READ, runScript, SWEEP } from './script.ts'

/** Large enough to be cheap, small enough not to hold up others. */
const BATCH_GROUPS = 500
const SWEEP_FIELDS = 500

/** Values in the order of the addresses, and the header, at one moment. */
export const loadValues = async (
  redis: Redis,
  place: TopicPartition,
  addresses: readonly Address[],
): Promise<LoadedValues> => {
  const values = new Array<Buffer | null>(addresses.length).fill(null)
  const wanted = new Map<string, number[]>()
  for (const [i, { fingerprint, bucket }] of addresses.entries()) {
    const key = `${speedPrefix(place, fingerprint)}${bucket}`
    const places = wanted.get(key)
    if (places === undefined) wanted.set(key, [i])
    else places.push(i)
  }
  const args = [...wanted.values()].map((places) =>
    packKeys(
      'k',
      places.map((i) => (addresses[i] as Address).key),
    ),
  )
  const reply = await runScript(redis, READ, [headerKey(place), ...wanted.keys()], args)
  const [header, ...found] = reply as [Buffer | null, ...(Buffer | null)[][]]
  for (const [n, places] of [...wanted.values()].entries()) {
    for (const [j, i] of places.entries()) values[i] = found[n]?.[j] ?? null
  }
  return { header, values }
}

/** Chunk by chunk, each read beside the header; a header that moves on meanwhile means beginning again. */
export const loadSeen = async (redis: Redis, place: TopicPartition, from: number): Promise<LoadedSeen> => {
  for (;;) {
    const index = await runScript(redis, READ, [headerKey(place), seenIndexKey(place)], [`i${from}`])
    const [header, names] = index as [Buffer | null, Buffer[]]
    const chunks: SeenChunk[] = []
    for (const name of names.map(String)) {
      const bucket = Number.parseInt(name, 10)
      const reply = await runScript(redis, READ, [headerKey(place), seenKey(place, name)], ['g'])
      const [now, bytes] = reply as [Buffer | null, Buffer | null]
      if (bytes === null || now === null || header === null || !now.equals(header)) break
      chunks.push({ bucket, bytes })
    }
    if (chunks.length === names.length) return { header, chunks }
  }
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
  if (strange !== undefined)
    throw new Error(`group ${strange.key} has a window: windowed batch parts stay in the warehouse`)
  for (let from = 0; from < groups.length; from += BATCH_GROUPS) {
    const pairs = groups
      .slice(from, from + BATCH_GROUPS)
      .flatMap(({ key: field, value }) => [field, asBuffer(value)])
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
      const reply = await runScript(
        redis,
        SWEEP,
        [key, index, headerKey(place)],
        [cursor, String(floor), String(SWEEP_FIELDS), bucket],
      )
      const [next, deleted] = reply as [Buffer, number]
      cursor = next.toString()
      swept += deleted
    } while (cursor !== '0')
  }
  return swept
}

/** Goes over all keys of the store, in bounded steps. */
export const storedFingerprints = async (redis: Redis): Promise<readonly string[]> => {
  const found = new Set<string>()
  let cursor = '0'
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', BUCKETS_PATTERN, 'COUNT', 1_000)
    for (const key of keys) found.add(fingerprintOfBucketsKey(key))
    cursor = next
  } while (cursor !== '0')
  return [...found]
}
