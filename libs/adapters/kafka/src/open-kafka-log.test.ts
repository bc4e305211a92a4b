import { randomUUID } from 'node:crypto'
import { eventLogContract } from '@tidewater/testing/contract'
import { sharedKafka } from '@tidewater/stack'
import kafkajs, { type Admin } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openKafkaLog } from './open-kafka-log.ts'

let broker: Awaited<ReturnType<typeof sharedKafka>>

beforeAll(async () => {
  broker = await sharedKafka()
}, 120_000)
afterAll(async () => broker.stop())

const open = (compression: 'none' | 'gzip' | 'zstd' = 'none') =>
  openKafkaLog({ brokers: [broker.url], clientId: 'test', compression })
const newTopic = () => `event.test_${randomUUID().slice(0, 8)}`

eventLogContract('Kafka', async () => {
  const log = open()
  return { log, topic: newTopic(), close: () => log.close() }
})

const record = (partition: number, value: string) => ({
  partition,
  key: null,
  value: new TextEncoder().encode(value),
  headers: {},
})

const withAdmin = async (act: (admin: Admin) => Promise<void>): Promise<void> => {
  const admin = new kafkajs.Kafka({ brokers: [broker.url], logLevel: kafkajs.logLevel.NOTHING }).admin()
  await admin.connect()
  await act(admin)
  await admin.disconnect()
}

/** All values of partition 0, once `count` are there. */
const readAll = async (
  topic: string,
  count: number,
): Promise<{ values: string[]; times: number[]; next: number }> => {
  const log = open()
  const values: string[] = []
  const times: number[] = []
  let next = 0
  const { promise, resolve } = Promise.withResolvers<void>()
  const options = { group: `${topic}-all`, topics: [topic], maxBytesPerPartition: 1 << 20, maxWaitMs: 100 }
  const subscription = await log.read(options, {
    assigned: (places) => Promise.resolve(places.map(() => 0)),
    revoked: () => undefined,
    batch: (batch) => {
      for (const { value, appendedAt } of batch.records) {
        values.push(Buffer.from(value ?? []).toString())
        times.push(appendedAt)
      }
      next = batch.nextOffset
      if (values.length >= count) resolve()
      return Promise.resolve()
    },
  })
  await promise
  await subscription.stop()
  await log.close()
  return { values, times, next }
}

describe('the log on a real broker', () => {
  test.each(['none', 'gzip', 'zstd'] as const)(
    'compression %s: large appends arrive whole, in order, with their offsets',
    async (codec) => {
      const log = open(codec)
      const topic = newTopic()
      await log.ensureTopics([{ topic, partitions: 1, retentionMs: -1 }])
      const values = Array.from({ length: 3_000 }, (_, i) => `${i}:${'x'.repeat(700)}`)
      const before = Date.now()
      const answers = await Promise.all([
        log.append(
          topic,
          values.slice(0, 2_000).map((value) => record(0, value)),
        ),
        log.append(
          topic,
          values.slice(2_000).map((value) => record(0, value)),
        ),
      ])
      expect(answers.flat()).toEqual(values.map((_, i) => i))
      const got = await readAll(topic, values.length)
      expect(got.values).toEqual(values)
      expect(got.next).toBe(values.length)
      for (const time of got.times) expect(Math.abs(time - before)).toBeLessThan(60_000)
      await log.close()
    },
  )

  test.each(['snappy', 'lz4', 'zstd', 'gzip'])('%s as the broker itself writes it is read', async (codec) => {
    const topic = newTopic()
    await withAdmin(async (admin) => {
      const configEntries = [
        { name: 'message.timestamp.type', value: 'LogAppendTime' },
        { name: 'compression.type', value: codec },
      ]
      await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1, configEntries }] })
    })
    const log = open()
    const values = Array.from({ length: 500 }, (_, i) => `${i} the same words again and again `.repeat(50))
    await log.append(
      topic,
      values.map((value) => record(0, value)),
    )
    expect((await readAll(topic, values.length)).values).toEqual(values)
    await log.close()
  })

  test('a topic without append time is refused with the cure', async () => {
    const topic = newTopic()
    await withAdmin(async (admin) => {
      const configEntries = [{ name: 'message.timestamp.type', value: 'CreateTime' }]
      await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1, configEntries }] })
    })
    const log = open()
    await expect(log.ensureTopics([{ topic, partitions: 1, retentionMs: -1 }])).rejects.toThrow(
      `Topic ${topic} has message.timestamp.type=CreateTime`,
    )
    await log.close()
  })

  test('an offset that Kafka no longer holds ends the reader with a sentence, not with a silent jump', async () => {
    const log = open()
    const topic = newTopic()
    await log.ensureTopics([{ topic, partitions: 1, retentionMs: -1 }])
    await log.append(topic, [record(0, 'a'), record(0, 'b'), record(0, 'c')])
    await withAdmin(async (admin) => {
      await admin.fetchTopicOffsets(topic)
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '2' }] })
    })
    const got: number[] = []
    const options = { group: `${topic}-g`, topics: [topic], maxBytesPerPartition: 1 << 20, maxWaitMs: 100 }
    const subscription = await log.read(options, {
      assigned: (places) => Promise.resolve(places.map(() => 1)),
      revoked: () => undefined,
      batch: (batch) => {
        got.push(batch.nextOffset)
        return Promise.resolve()
      },
    })
    await expect(subscription.done).rejects.toThrow(
      `${topic}/0: offset 1 is not in Kafka, which holds 2 to 3`,
    )
    expect(got).toEqual([])
    await log.close()
  })

  test('a reader that knows what a gap means goes on behind it, and is not read where it says so; the other partitions go on', async () => {
    const log = open()
    const topic = newTopic()
    await log.ensureTopics([{ topic, partitions: 3, retentionMs: -1 }])
    for (const partition of [0, 1, 2])
      await log.append(
        topic,
        ['a', 'b', 'c'].map((value) => record(partition, value)),
      )
    await withAdmin(async (admin) => {
      await admin.fetchTopicOffsets(topic)
      const partitions = [0, 1].map((partition) => ({ partition, offset: '2' }))
      await admin.deleteTopicRecords({ topic, partitions })
    })
    const got: string[] = []
    const asked: string[] = []
    const options = { group: `${topic}-g`, topics: [topic], maxBytesPerPartition: 1 << 20, maxWaitMs: 100 }
    const subscription = await log.read(options, {
      assigned: (places) => Promise.resolve(places.map(() => 1)),
      revoked: () => undefined,
      batch: ({ partition, records }) => {
        for (const { offset } of records) got.push(`${partition}/${offset}`)
        return Promise.resolve()
      },
      outOfRange: ({ partition }, { low, high }) => {
        asked.push(`${partition}: ${low} to ${high}`)
        return Promise.resolve(partition === 0 ? low : null)
      },
    })
    await expect.poll(() => got.length + asked.length, { timeout: 20_000 }).toBe(5)
    await log.append(topic, [record(1, 'd'), record(2, 'd')])
    await expect.poll(() => got.length, { timeout: 20_000 }).toBe(4)
    expect(got.sort()).toEqual(['0/2', '2/1', '2/2', '2/3'])
    expect(asked.sort()).toEqual(['0: 2 to 3', '1: 2 to 3'])
    await subscription.stop()
    await log.close()
  })

  test('a topic that takes less than the default: many records go in smaller batches, one that is too large is refused as such', async () => {
    const topic = newTopic()
    await withAdmin(async (admin) => {
      const configEntries = [
        { name: 'message.timestamp.type', value: 'LogAppendTime' },
        { name: 'max.message.bytes', value: '20000' },
      ]
      await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1, configEntries }] })
    })
    const log = open()
    const values = Array.from({ length: 200 }, (_, i) => `${i}:${'x'.repeat(1_000)}`)
    const offsets = await log.append(
      topic,
      values.map((value) => record(0, value)),
    )
    expect(offsets).toEqual(values.map((_, i) => i))
    await expect(log.append(topic, [record(0, 'x'.repeat(50_000))])).rejects.toMatchObject({
      code: 'LIMIT',
      message: `A record is larger than topic ${topic} takes`,
    })
    expect((await readAll(topic, values.length)).values).toEqual(values)
    await log.close()
  })

  test("a record beyond the broker's limit is refused before it is sent", async () => {
    const log = open()
    const topic = newTopic()
    await log.ensureTopics([{ topic, partitions: 1, retentionMs: -1 }])
    await expect(log.append(topic, [record(0, 'x'.repeat(1_000_001))])).rejects.toThrow('is larger than')
    await log.close()
  })
})
