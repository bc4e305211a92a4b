import { randomUUID } from 'node:crypto'
import { sharedKafka } from '@tidewater/stack'
import kafkajs from 'kafkajs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openKafkaLog } from './open-kafka-log.ts'

let broker: Awaited<ReturnType<typeof sharedKafka>>

beforeAll(async () => {
  broker = await sharedKafka()
}, 120_000)
afterAll(async () => broker.stop())

const record = (value: string) => ({
  partition: 0,
  key: null,
  value: new TextEncoder().encode(value),
  headers: {},
})

const transactional = (transactionalId: string) =>
  new kafkajs.Kafka({ brokers: [broker.url], logLevel: kafkajs.logLevel.NOTHING }).producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    transactionalId,
    idempotent: true,
    maxInFlightRequests: 1,
  })

/** A topic of one partition, and how to read it in fetches of 1 MiB. */
const opened = async () => {
  const log = openKafkaLog({ brokers: [broker.url], clientId: 'test' })
  const topic = `event.test_${randomUUID().slice(0, 8)}`
  await log.ensureTopics([{ topic, partitions: 1, retentionMs: -1 }])
  const read = async () => {
    const values: string[] = []
    let next = 0
    const options = { group: `${topic}-all`, topics: [topic], maxBytesPerPartition: 1 << 20, maxWaitMs: 100 }
    const subscription = await log.read(options, {
      assigned: (places) => Promise.resolve(places.map(() => 0)),
      revoked: () => undefined,
      batch: (batch) => {
        for (const { value } of batch.records) values.push(Buffer.from(value ?? []).toString())
        next = batch.nextOffset
        return Promise.resolve()
      },
    })
    const stop = async (): Promise<void> => {
      await subscription.stop()
      await log.close()
    }
    return { values, next: () => next, stop }
  }
  return { log, topic, read }
}

test('control records count: the next offset is behind them', async () => {
  const { log, topic, read } = await opened()
  const producer = transactional(topic)
  await producer.connect()
  const transaction = await producer.transaction()
  await transaction.send({ topic, messages: [{ value: 'a' }] })
  await transaction.commit()
  await producer.disconnect()
  await log.append(topic, [record('b')])
  const { values, next, stop } = await read()
  // two records and the marker between them
  await expect.poll(next, { timeout: 20_000 }).toBe(3)
  expect(values).toEqual(['a', 'b'])
  await stop()
})

test('an aborted transaction larger than a fetch is passed, also when nothing follows it', async () => {
  const { log, topic, read } = await opened()
  await log.append(topic, [record('before')])
  const producer = transactional(topic)
  await producer.connect()
  const transaction = await producer.transaction()
  for (let i = 0; i < 8; i++)
    await transaction.send({ topic, messages: [{ value: Buffer.alloc(500_000, 97) }] })
  await transaction.abort()
  const { values, next, stop } = await read()
  // one record, eight aborted ones and their marker
  await expect.poll(next, { timeout: 20_000 }).toBe(10)
  await log.append(topic, [record('after')])
  await expect.poll(next, { timeout: 20_000 }).toBe(11)
  expect(values).toEqual(['before', 'after'])
  await producer.disconnect()
  await stop()
})
