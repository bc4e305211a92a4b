import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startKafka } from '@tidewater/stack'
import { expect, test } from 'vitest'
import { openKafkaLog } from './open-kafka-log.ts'

test('a broker that is killed and comes back: appends say so meanwhile, the reader goes on by itself, nothing is lost', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'tidewater-kafka-restart-'))
  let broker = await startKafka({ dir })
  const log = openKafkaLog({ brokers: [broker.url], clientId: 'test' })
  const topic = 'event.restart'
  await log.ensureTopics([{ topic, partitions: 1, retentionMs: -1 }])
  const got: string[] = []
  let next = 0
  const options = { group: 'g', topics: [topic], maxBytesPerPartition: 1 << 20, maxWaitMs: 100 }
  const subscription = await log.read(options, {
    assigned: (places) => Promise.resolve(places.map(() => next)),
    revoked: () => undefined,
    batch: (batch) => {
      expect(batch.records[0]?.offset).toBe(next)
      for (const { value } of batch.records) got.push(Buffer.from(value ?? []).toString())
      next = batch.nextOffset
      return Promise.resolve()
    },
  })
  const append = (value: string) =>
    log.append(topic, [{ partition: 0, key: null, value: new TextEncoder().encode(value), headers: {} }])
  await append('before')
  await broker.stop()
  await expect(append('meanwhile')).rejects.toThrow('Kafka did not confirm the append to event.restart')
  const port = Number(broker.url.split(':')[1])
  broker = await startKafka({ dir, port })
  await append('after')
  for (let i = 0; i < 300 && !got.includes('after'); i++) await sleep(100)
  expect(got).toEqual(['before', 'after'])
  await subscription.stop()
  await subscription.done
  await log.close()
  await broker.stop()
  await rm(dir, { recursive: true, force: true })
}, 240_000)
