import type { LogBounds, LogReader, LogSubscription, ReadOptions } from '@tidewater/ports'
import type { Consumer, Kafka } from 'kafkajs'
import { RETRY } from './connect.ts'
import { handleBatch } from './handle-batch.ts'
import { ignoreUnheard } from './kafka-error.ts'
import { type Member, fail, joined, leave, mark, seekOwned } from './member.ts'
import { byTopic, ownershipOf } from './ownership.ts'
import { settled } from './settled.ts'

export interface Membership extends ReadOptions {
  readonly bounds: (topic: string) => Promise<readonly LogBounds[]>
  readonly sessionMs: number | undefined
}

/** The least a broker allows by default: partitions of a killed reader move on after it. */
const SESSION_MS = 6_000
const HEARTBEAT_MS = 1_500
/** How long a rebalance waits for members that do not answer; whoever is late joins anew. */
const REBALANCE_MS = 10_000
/** How soon new partitions of a topic are read. */
const METADATA_MS = 30_000
/**
 * Partitions a response may fill: kafkajs holds and unpacks the whole of it before anything is handled, and asks for its
 * partitions in an order that changes, so that none is left behind.
 */
const FULL_PARTITIONS = 2
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
  const consumer = consumerOf(kafka, options)
  const member: Member = {
    consumer,
    reader,
    bounds: options.bounds,
    ended: settled(),
    owned: new Map(),
    stopping: null,
  }
  listen(member)
  try {
    await consumer.connect()
    await consumer.subscribe({ topics: [...options.topics], fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: CONCURRENT,
      eachBatch: (payload) => handleBatch(member, payload),
    })
  } catch (error) {
    await consumer.disconnect().catch(ignoreUnheard)
    throw error
  }
  return {
    seek: (place, offset) => seekOwned(member, place, offset),
    pause: (places) => consumer.pause(byTopic(mark(member, places, true))),
    resume: (places) => consumer.resume(byTopic(mark(member, places, false))),
    stop: async () => {
      await leave(member)
      member.ended.resolve()
    },
    done: member.ended.promise,
  }
}

const consumerOf = (kafka: Kafka, options: Membership): Consumer =>
  kafka.consumer({
    groupId: options.group,
    sessionTimeout: options.sessionMs ?? SESSION_MS,
    heartbeatInterval: HEARTBEAT_MS,
    rebalanceTimeout: REBALANCE_MS,
    metadataMaxAge: METADATA_MS,
    maxBytesPerPartition: options.maxBytesPerPartition,
    maxBytes: FULL_PARTITIONS * options.maxBytesPerPartition,
    maxWaitTimeInMs: options.maxWaitMs,
    allowAutoTopicCreation: false,
    retry: RETRY,
  })

const listen = (member: Member): void => {
  const { consumer } = member
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    // The types say one number per topic; it is a list.
    const assignment = payload.memberAssignment as unknown as Record<string, readonly number[]>
    joined(member, ownershipOf(assignment)).catch((error: unknown) => fail(member, error))
  })
  // Other crashes are restarted by kafkajs itself, for ever: a broker that is away comes back.
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart) fail(member, payload.error)
  })
}
