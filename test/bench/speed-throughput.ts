import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKafkaLog } from '@tidewater/adapter-kafka'
import { startKafka, startRedis } from '@tidewater/stack'
import { topicOf } from 'tidewater'
import { environmentOf, SMALL_NURSERY } from '../../apps/cli/src/stack/parts.ts'
import { inProcess } from './in-process.ts'
import type { Measured } from './measured.ts'
import { UserSpending } from './quantile-view.ts'
import { median, report } from './report.ts'
import { shopEvents } from './shop-events.ts'

const EVENTS = 1_000_000
const PARTITIONS = 8
const ROUNDS = 3
/** As the stack runs it. */
const AS_A_PART = { flags: SMALL_NURSERY, env: environmentOf('speed', process.env) }

/** Puts the events into the log, as other teams' producers would have. */
export const fillTopic = async (brokers: string, topic: string, count: number): Promise<void> => {
  const log = openKafkaLog({ brokers: [brokers], clientId: 'fill' })
  await log.ensureTopics([{ topic, partitions: PARTITIONS, retentionMs: -1 }])
  let chunk = []
  for (const { partition, key, value } of shopEvents(count, PARTITIONS)) {
    chunk.push({ partition, key, value: Buffer.from(value), headers: {} })
    if (chunk.length === 5_000) {
      await log.append(topic, chunk)
      chunk = []
    }
  }
  if (chunk.length > 0) await log.append(topic, chunk)
  await log.close()
}

/** 1,000,000 events already in 8 partitions → eight user features in an append-only Redis, exactly once, one worker. */
export const speedThroughput = (): Promise<void> =>
  speedOf({ bench: 'speed.throughput', view: 'UserActivity', goal: '>= 0.30' })

/** The same events → the median and 95 % quantile of each user. */
export const speedQuantile = (): Promise<void> =>
  speedOf({ bench: 'speed.quantile', view: UserSpending.name, goal: '>= 0.25' })

interface SpeedBench {
  readonly bench: string
  readonly view: string
  readonly goal: string
}

const speedOf = async ({ bench, view, goal }: SpeedBench): Promise<void> => {
  const dir = await mkdtemp(join(tmpdir(), 'tidewater-bench-'))
  const kafka = await startKafka({ dir: join(dir, 'kafka') })
  const topic = topicOf('ShopEvent')
  const brokers = `127.0.0.1:${kafka.port}`
  try {
    await fillTopic(brokers, topic, EVENTS)
    const bare: Measured[] = []
    const ours: Measured[] = []
    for (let round = 0; round < ROUNDS; round++) {
      bare.push(await inProcess<Measured>('kafka-baseline.ts', [brokers, topic, String(EVENTS)]))
      const redis = await startRedis({ dir: join(dir, `redis-${round}`), appendonly: true })
      try {
        const place = [brokers, redis.url, String(EVENTS), view]
        ours.push(await inProcess<Measured>('speed-worker.ts', place, AS_A_PART))
      } finally {
        await redis.stop()
      }
    }
    const value = median(ours.map((m) => m.perSecond))
    const baseline = median(bare.map((m) => m.perSecond))
    report({
      bench,
      value,
      unit: 'events/s',
      baseline,
      ratio: value / baseline,
      goal,
      baselineIs: 'kafkajs + JSON.parse',
      rounds: ours.map((m) => m.perSecond),
      baselineRounds: bare.map((m) => m.perSecond),
      cpuSeconds: median(ours.map((m) => m.cpuSeconds)),
      peakMegabytes: Math.max(...ours.map((m) => m.peakMegabytes)),
      events: EVENTS,
      partitions: PARTITIONS,
    })
  } finally {
    await kafka.stop()
    await rm(dir, { recursive: true, force: true })
  }
}
