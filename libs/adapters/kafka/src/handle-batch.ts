import { PlatformError } from '@tidewater/base'
import type { LogBounds, LogControl, TopicPartition } from '@tidewater/ports'
import type { EachBatchPayload } from 'kafkajs'
import { type FetchedBatch, logBatchOf, nextOffsetOf } from './log-batch.ts'
import { isKafkaError } from './kafka-error.ts'
import { type Member, fail, mark, seek, seekOwned } from './member.ts'
import { type Position, byTopic, placeKey } from './ownership.ts'

/** Hands a fetched batch to the reader, unless it is not what the reader waits for. */
export const handleBatch = async (member: Member, payload: EachBatchPayload): Promise<void> => {
  const batch = payload.batch as FetchedBatch
  const position = member.owned.get(placeKey(batch.topic, batch.partition))
  if (position === undefined || position.expected === null || isUnwanted(member, position, payload)) return
  if (Number(batch.fetchedOffset) !== position.expected) {
    await realign(member, position, position.expected)
    return
  }
  const next = nextOffsetOf(batch)
  const { moves } = position
  const { owned } = member
  const watched = watchedControl(member, payload)
  try {
    await member.reader.batch(logBatchOf(batch, next), watched.control)
  } catch (error) {
    // kafkajs wants its own error back: it joins the group anew.
    const rebalance = watched.rebalance()
    if (rebalance !== null) throw rebalance
    fail(member, error)
    return
  }
  if (owned !== member.owned || moves !== position.moves) return
  position.expected = next
  payload.resolveOffset(String(next - 1))
}

/** Fetched before a seek or a pause took effect: it is fetched again, from the right place, when wanted. */
const isUnwanted = (member: Member, position: Position, payload: EachBatchPayload): boolean =>
  position.paused || member.stopping !== null || payload.isStale()

interface Watched {
  readonly control: LogControl
  /** The error with which kafkajs announced a rebalance to a heartbeat; null: none did. */
  rebalance(): Error | null
}

const watchedControl = (member: Member, payload: EachBatchPayload): Watched => {
  let rebalance: Error | null = null
  const heartbeat = async (): Promise<void> => {
    try {
      await payload.heartbeat()
    } catch (error) {
      if (!isKafkaError(error)) throw error
      rebalance = error
      throw new PlatformError('UNAVAILABLE', error.message, 'partitions are given out anew')
    }
  }
  return {
    control: { seek: (place, offset) => seekOwned(member, place, offset), heartbeat },
    rebalance: () => rebalance,
  }
}

/** kafkajs jumps silently to the first offset when ours is gone; we go back, or the reader decides where to go on. */
const realign = async (member: Member, position: Position, expected: number): Promise<void> => {
  const { topic, partition } = position.place
  const bounds = (await member.bounds(topic)).find((candidate) => candidate.partition === partition)
  if (bounds === undefined || (expected >= bounds.low && expected <= bounds.high)) {
    if (position.expected === expected) seek(member, position, expected)
    return
  }
  const { reader, owned } = member
  if (reader.outOfRange === undefined) return fail(member, outOfRange(position.place, expected, bounds))
  const next = await reader.outOfRange(position.place, bounds)
  if (member.owned !== owned || position.expected !== expected) return
  if (next !== null) return seek(member, position, next)
  member.consumer.pause(byTopic(mark(member, [position.place], true)))
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
