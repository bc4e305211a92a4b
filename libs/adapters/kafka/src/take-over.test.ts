import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startKafka } from '@tidewater/stack'
import { expect, test } from 'vitest'
import { openKafkaLog } from './open-kafka-log.ts'

const TOPIC = 'event.taken'
/** So long that nobody waits for it by accident. */
const SESSION_MS = 100_000
const OPTIONS = { group: 'g', topics: [TOPIC], maxBytesPerPartition: 1 << 20, maxWaitMs: 100 }

/** Another process that reads the topic in the same group; answers when it owns partitions. */
const otherReader = async (broker: string) => {
  const program = `
    import { openKafkaLog } from ${JSON.stringify(new URL('./open-kafka-log.ts', import.meta.url).href)}
    const brokers = [${JSON.stringify(broker)}]
    const log = openKafkaLog({ brokers, clientId: 'test', sessionMs: ${SESSION_MS} })
    await log.read(${JSON.stringify(OPTIONS)}, {
      assigned: async (places) => { console.log('owns ' + places.length); return places.map(() => 0) },
      revoked: () => undefined,
      batch: async () => undefined,
    })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return child
}

const kill = async (child: Awaited<ReturnType<typeof otherReader>>): Promise<void> => {
  child.kill('SIGKILL')
  await once(child, 'exit')
}

/** Milliseconds until a new reader of the group owns every partition. */
const takenAfter = async (broker: string): Promise<number> => {
  const log = openKafkaLog({ brokers: [broker], clientId: 'test', sessionMs: SESSION_MS })
  const began = performance.now()
  const owned = Promise.withResolvers<number>()
  const subscription = await log.read(OPTIONS, {
    assigned: (places) => {
      if (places.length === 2) owned.resolve(performance.now() - began)
      return Promise.resolve(places.map(() => 0))
    },
    revoked: () => undefined,
    batch: () => Promise.resolve(),
  })
  const ms = await owned.promise
  await subscription.stop()
  await log.close()
  return ms
}

test('the partitions of a process that was killed on this machine are taken over at once, also when Kafka was killed with it', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'tidewater-take-over-'))
  let broker = await startKafka({ dir })
  const setup = openKafkaLog({ brokers: [broker.url], clientId: 'test' })
  await setup.ensureTopics([{ topic: TOPIC, partitions: 2, retentionMs: -1 }])
  await setup.close()

  const first = await otherReader(broker.url)
  const second = await otherReader(broker.url)
  await Promise.all([kill(first), kill(second)])
  const alone = await takenAfter(broker.url)

  await kill(await otherReader(broker.url))
  const port = Number(broker.url.split(':')[1])
  await broker.stop()
  broker = await startKafka({ dir, port })
  const together = await takenAfter(broker.url)

  await broker.stop()
  await rm(dir, { recursive: true, force: true })
  // without the group's patience having run out
  expect(alone).toBeLessThan(SESSION_MS / 2)
  expect(together).toBeLessThan(SESSION_MS / 2)
}, 180_000)

test('a reader that lives keeps its membership when another comes', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'tidewater-take-over-'))
  const broker = await startKafka({ dir })
  const log = openKafkaLog({ brokers: [broker.url], clientId: 'test' })
  await log.ensureTopics([{ topic: TOPIC, partitions: 2, retentionMs: -1 }])
  const living = await otherReader(broker.url)
  const counts: number[] = []
  const subscription = await log.read(OPTIONS, {
    assigned: (places) => {
      counts.push(places.length)
      return Promise.resolve(places.map(() => 0))
    },
    revoked: () => undefined,
    batch: () => Promise.resolve(),
  })
  await expect.poll(() => counts, { timeout: 40_000 }).toEqual([1])
  await kill(living)
  await subscription.stop()
  await log.close()
  await broker.stop()
  await rm(dir, { recursive: true, force: true })
}, 180_000)
