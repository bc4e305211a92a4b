import type { Buffer } from 'node:buffer'
import type { CommitResult, StateStore, StoreMemory } from '@tidewater/ports'
import { asBuffer, commitArguments } from './commit-arguments.ts'
import { checkServer, connect, storeError } from './connection.ts'
import { channelKey, headerKey, POINTER_KEY } from './keys.ts'
import { createListener } from './listener.ts'
import {
  dropBatchPart,
  loadBatchPart,
  loadSeen,
  loadValues,
  storedFingerprints,
  sweepValues,
} from './partition-data.ts'
import { createReadQueue } from './read-queue.ts'
import { COMMIT, runScript, SWAP } from './script.ts'

export interface RedisStateOptions {
  readonly url: string
  /** Longest string of seen ids; an hour of a busy partition has several. Default 16 MiB. */
  readonly mostSeenBytes?: number
  /** Told once what is allowed but unwise, as a sentence. */
  readonly warn?: (sentence: string) => void
}

/** Far below what Redis takes in one string (512 MB), so that an append never fails half-way through a commit. */
const MOST_SEEN_BYTES = 16 << 20

/**
 * The state store in Redis: layout in keys.ts, atomic steps in commands/*.lua. Throws when the server is away, evicts or is
 * too old; afterwards a command that fails or passes its deadline rejects with `UNAVAILABLE`, its outcome unknown.
 */
export const createRedisStateStore = async (options: RedisStateOptions): Promise<StateStore> => {
  const { url, warn, mostSeenBytes = MOST_SEEN_BYTES } = options
  const [writes, reads] = await Promise.all([connect(url, 'commit'), connect(url, 'read')])
  const listener = createListener(url)
  const close = async (): Promise<void> => {
    await Promise.all([writes.close(), reads.close(), listener.close()])
  }
  try {
    for (const sentence of await checkServer(reads.redis, url)) warn?.(sentence)
  } catch (error) {
    await close()
    throw error
  }
  const queue = createReadQueue(reads.redis)
  const attempt = async <T>(doing: string, work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (error) {
      throw storeError(url, doing, error)
    }
  }
  return {
    header: (place) => attempt('read a header', reads.redis.getBuffer(headerKey(place))),
    commit: async (place, commit) => {
      const { keys, args } = commitArguments(place, commit, mostSeenBytes)
      return commitResult(await attempt('commit', runScript(writes.redis, COMMIT, keys, args)))
    },
    load: (place, addresses) => attempt('load state', loadValues(reads.redis, place, addresses)),
    seen: (place, from) => attempt('load seen ids', loadSeen(reads.redis, place, from)),
    read: (place, wanted) => attempt('read', queue.read(place, wanted)),
    loadBatch: (place, generation, fingerprint, groups) =>
      attempt('load a batch part', loadBatchPart(reads.redis, place, generation, fingerprint, groups)),
    dropBatch: (place, generation, fingerprints) =>
      attempt('drop a batch part', dropBatchPart(reads.redis, place, generation, fingerprints)),
    sweep: (place, fingerprint, floor) =>
      attempt('sweep', sweepValues(reads.redis, place, fingerprint, floor)),
    fingerprints: () => attempt('look for views', storedFingerprints(reads.redis)),
    memory: async () => memoryOf(await attempt('say how much it holds', reads.redis.info('memory'))),
    pointer: () => attempt('read the pointer', reads.redis.getBuffer(POINTER_KEY)),
    movePointer: async (expected, next) => {
      const args = [expected === null ? '' : asBuffer(expected), asBuffer(next)]
      return (await attempt('move the pointer', runScript(writes.redis, SWAP, [POINTER_KEY], args))) === 1
    },
    notify: async (channel, message) => {
      await attempt('notify', reads.redis.publish(channelKey(channel), message))
    },
    listen: (channel, on) => attempt('listen', listener.listen(channel, on)),
    close,
  }
}

const commitResult = (reply: unknown): CommitResult => {
  if (reply === 1) return { kind: 'applied' }
  if (reply === 2) return { kind: 'already-applied' }
  if (reply === 3) return { kind: 'incomplete' }
  const header = reply as Buffer
  return { kind: 'conflict', header: header.length === 0 ? null : header }
}

const memoryOf = (info: string): StoreMemory => {
  const field = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0)
  return { used: field('used_memory'), most: field('maxmemory') || null }
}
