import { PlatformError } from '@tidewater/base'
import type { LogBounds, LogReader, LogSubscription, ReadOptions, TopicPartition } from '@tidewater/ports'
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs'
import { RETRY } from './connect.ts'
import { type FetchedBatch, logBatchOf, nextOffsetOf } from './log-batch.ts'
import {
  type Ownership,
  type Position,
  byTopic,
  lostBetween,
  ownershipOf,
  placeKey,
  placesOf,
} from './ownership.ts'

export interface Membership extends ReadOptions {
  readonly bounds: (topic: string) => Promise<readonly LogBounds[]>
}

const SESSION_MS = 10_000
const HEARTBEAT_MS = 2_000
const REBALANCE_MS = 30_000
const MAX_FETCH_BYTES = 64 << 20
/** Partitions handled at the same time; each in order. */
const CONCURRENT = 64

/**
 * Reads topics as a member of a group. kafkajs forgets every position at a rebalance and has no revoke callback, so
 * at GROUP_JOIN (its listeners run before the first fetch) all partitions are paused, the reader is asked where each
 * starts, and only then is each sought and resumed. Nothing is committed to Kafka: the reader keeps its own offsets.
 */
export const subscribe = async (
  kafka: Kafka,
  options: Membership,
  reader: LogReader,
): Promise<LogSubscription> => {
  const consumer = kafka.consumer({
    groupId: options.group,
    sessionTimeout: SESSION_MS,
    heartbeatInterval: HEARTBEAT_MS,
    rebalanceTimeout: REBALANCE_MS,
    maxBytesPerPartition: options.maxBytesPerPartition,
    maxBytes: MAX_FETCH_BYTES,
    maxWaitTimeInMs: options.maxWaitMs,
    allowAutoTopicCreation: false,
    retry: RETRY,
  })
  const ended = settled()
  let owned: Ownership = new Map()
  let stopping: Promise<void> | null = null

  const leave = (): Promise<void> => {
    stopping ??= consumer.disconnect().finally(() => {
      const lost = placesOf(owned)
      owned = new Map()
      if (lost.length > 0) reader.revoked(lost)
    })
    return stopping
  }
  const fail = (cause: unknown): void => {
    ended.reject(cause)
    leave().catch(() => undefined)
  }
  const seek = (position: Position, offset: number): void => {
    position.expected = offset
    position.moves++
    consumer.seek({ ...position.place, offset: String(offset) })
  }

  const joined = async (now: Ownership): Promise<void> => {
    const places = placesOf(now)
    consumer.pause(byTopic(places))
    const lost = lostBetween(owned, now)
    owned = now
    if (lost.length > 0) reader.revoked(lost)
    const starts = await reader.assigned(places)
    if (owned !== now || stopping !== null) return
    places.forEach(({ topic, partition }, i) => {
      const position = now.get(placeKey(topic, partition))
      if (position !== undefined) seek(position, starts[i] ?? 0)
    })
    consumer.resume(byTopic(places))
  }

  const eachBatch = async (payload: EachBatchPayload): Promise<void> => {
    const batch = payload.batch as FetchedBatch
    const position = owned.get(placeKey(batch.topic, batch.partition))
    // Fetched for an earlier membership, or before a seek took effect: fetched again from the right place.
    if (position === undefined || position.expected === null || payload.isStale() || stopping !== null) return
    if (position.paused) return
    if (Number(batch.fetchedOffset) !== position.expected) {
      await realign(position, position.expected)
      return
    }
    const next = nextOffsetOf(batch)
    const moves = position.moves
    const membership = owned
    let rebalance: unknown = null
    const heartbeat = async (): Promise<void> => {
      try {
        await payload.heartbeat()
      } catch (error) {
        rebalance = error
        throw error
      }
    }
    try {
      await reader.batch(logBatchOf(batch, next), {
        seek: (place, offset) => seekOwned(place, offset),
        heartbeat,
      })
    } catch (error) {
      if (rebalance !== null) throw rebalance
      fail(error)
      return
    }
    if (membership !== owned || moves !== position.moves) return
    position.expected = next
    payload.resolveOffset(String(next - 1))
  }

  /** kafkajs jumps silently to the first offset when ours is gone; we go back once, or say so and end. */
  const realign = async (position: Position, expected: number): Promise<void> => {
    const bounds = (await options.bounds(position.place.topic)).find(
      ({ partition }) => partition === position.place.partition,
    )
    if (bounds !== undefined && (expected < bounds.low || expected > bounds.high))
      fail(outOfRange(position.place, expected, bounds))
    else if (position.expected === expected) seek(position, expected)
  }
  const seekOwned = (place: TopicPartition, offset: number): void => {
    const position = owned.get(placeKey(place.topic, place.partition))
    if (position !== undefined) seek(position, offset)
  }

  listen(
    consumer,
    (assignment) => {
      joined(ownershipOf(assignment)).catch(fail)
    },
    fail,
  )
  try {
    await consumer.connect()
    await consumer.subscribe({ topics: [...options.topics], fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: CONCURRENT,
      eachBatch,
    })
  } catch (error) {
    await consumer.disconnect().catch(() => undefined)
    throw error
  }
  return {
    seek: seekOwned,
    pause: (places) => consumer.pause(byTopic(mark(owned, places, true))),
    resume: (places) => consumer.resume(byTopic(mark(owned, places, false))),
    stop: async () => {
      await leave()
      ended.resolve()
    },
    done: ended.promise,
  }
}

/** The places we own among those given, now marked. */
const mark = (
  owned: Ownership,
  places: readonly TopicPartition[],
  paused: Position['paused'],
): readonly TopicPartition[] =>
  places.filter(({ topic, partition }) => {
    const position = owned.get(placeKey(topic, partition))
    if (position !== undefined) position.paused = paused
    return position !== undefined
  })

const listen = (
  consumer: Consumer,
  joined: (assignment: Readonly<Record<string, readonly number[]>>) => void,
  crashed: (cause: unknown) => void,
): void => {
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    joined(payload.memberAssignment as unknown as Record<string, readonly number[]>)
  })
  // Other crashes are restarted by kafkajs itself, for ever: a broker that is away comes back.
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart) crashed(payload.error)
  })
}

const outOfRange = (
  { topic, partition }: TopicPartition,
  expected: number,
  bounds: LogBounds,
): PlatformError =>
  new PlatformError(
    'UNAVAILABLE',
    `${topic}/${partition}: offset ${expected} is not in Kafka, which holds ${bounds.low} to ${bounds.high}`,
    expected < bounds.low
      ? 'retention passed it: rebuild from the lake'
      : 'the topic was replaced or lost its tail',
    topic,
  )

interface Settled {
  readonly promise: Promise<void>
  resolve(): void
  reject(cause: unknown): void
}

/** A promise settled from outside, whose rejection nobody need await. */
const settled = (): Settled => {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  promise.catch(() => undefined)
  return { promise, resolve, reject }
}
