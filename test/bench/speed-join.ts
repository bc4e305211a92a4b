import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startKafka, startRedis } from '@tidewater/stack'
import { topicOf } from 'tidewater'
import { environmentOf, SMALL_NURSERY } from '../../apps/cli/src/stack/parts.ts'
import { inProcess } from './in-process.ts'
import { WITHIN_MS } from './join-definitions.ts'
import type { Measured } from './measured.ts'
import { median, report } from './report.ts'
import { shopEvents } from './shop-events.ts'
import { fillTopic } from './speed-throughput.ts'

const EVENTS = 1_000_000
const PARTITIONS = 8
const ROUNDS = 3
/** As the stack runs it. */
const AS_A_PART = { flags: SMALL_NURSERY, env: environmentOf('speed', process.env) }

interface Joined extends Measured {
  /** Rows of the join that count. */
  readonly rows: number
}

/** Every page view of a user with each purchase in the two minutes after it, by looking at all of them. */
const pairsOf = (count: number): number => {
  const seen = new Map<string, number[]>()
  let pairs = 0
  for (const { key, value } of shopEvents(count, PARTITIONS)) {
    const { type, at } = JSON.parse(value) as { readonly type: string; readonly at: number }
    if (type === 'page_view')
      seen.set(
        key,
        [...(seen.get(key) ?? []), at].filter((then) => then >= at - WITHIN_MS),
      )
    if (type === 'purchase') pairs += (seen.get(key) ?? []).filter((then) => then >= at - WITHIN_MS).length
  }
  return pairs
}

/**
 * 1,000,000 events already in 8 partitions → page views and purchases to a log of sides, each pair within two minutes to a log of its
 * own, a view of them in an append-only Redis, exactly once, one worker. Throws when another number of pairs counts than there are.
 */
export const speedJoin = async (events = EVENTS): Promise<void> => {
  const dir = await mkdtemp(join(tmpdir(), 'tidewater-bench-'))
  const kafka = await startKafka({ dir: join(dir, 'kafka') })
  const topic = topicOf('ShopEvent')
  const brokers = `127.0.0.1:${kafka.port}`
  try {
    await fillTopic(brokers, topic, events)
    const pairs = pairsOf(events)
    const bare: Measured[] = []
    const ours: Joined[] = []
    for (let round = 0; round < ROUNDS; round++) {
      bare.push(await inProcess<Measured>('kafka-baseline.ts', [brokers, topic, String(events)]))
      const redis = await startRedis({ dir: join(dir, `redis-${round}`), appendonly: true })
      try {
        const place = [brokers, redis.url, String(events), String(round)]
        ours.push(await inProcess<Joined>('join-worker.ts', place, AS_A_PART))
      } finally {
        await redis.stop()
      }
    }
    const wrong = ours.find(({ rows }) => rows !== pairs)
    if (wrong !== undefined) throw new Error(`${wrong.rows} pairs count, and there are ${pairs}`)
    const value = median(ours.map((m) => m.perSecond))
    const baseline = median(bare.map((m) => m.perSecond))
    report({
      ...{ bench: 'speed.join', value, unit: 'events/s', baseline, ratio: value / baseline, goal: '>= 0.25' },
      baselineIs: 'kafkajs + JSON.parse',
      rounds: ours.map((m) => m.perSecond),
      baselineRounds: bare.map((m) => m.perSecond),
      cpuSeconds: median(ours.map((m) => m.cpuSeconds)),
      peakMegabytes: Math.max(...ours.map((m) => m.peakMegabytes)),
      ...{ events, pairs, partitions: PARTITIONS },
    })
  } finally {
    await kafka.stop()
    await rm(dir, { recursive: true, force: true })
  }
}
