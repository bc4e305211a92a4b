/** The measured side of `speed.join`: the product's speed engine over sides, join and a view of it; ends when all of it is applied. */
import { randomUUID } from 'node:crypto'
import { openKafkaLog } from '@tidewater/adapter-kafka'
import { createRedisStateStore, createRedisWorkerRegistry } from '@tidewater/adapter-redis'
import { must } from '@tidewater/base'
import { runSpeed } from '@tidewater/engine-speed'
import { speedSources } from '@tidewater/platform/parts'
import { systemClock } from '@tidewater/runtime'
import { readHeaders } from '@tidewater/seam'
import { topicOf } from 'tidewater'
import { joinCatalog } from './join-definitions.ts'
import { measured } from './measured.ts'

const [brokers = '', redis = '', count = '', round = ''] = process.argv.slice(2)
const total = Number(count)
const catalog = joinCatalog(Number(round))
const log = openKafkaLog({ brokers: brokers.split(','), clientId: 'bench' })
const store = await createRedisStateStore({ url: redis })
const registry = await createRedisWorkerRegistry(redis)
const meter = measured()
const taken = topicOf('ShopEvent')
const partitions = (await log.bounds(taken)).length
const made = [...catalog.events.keys()].map(topicOf).filter((topic) => topic !== taken)
await log.ensureTopics(made.map((topic) => ({ topic, partitions, retentionMs: -1 })))
const worker = await runSpeed(
  {
    log,
    store,
    registry,
    clock: systemClock,
    timers: {
      after: (ms, run) => {
        const timer = setTimeout(run, ms)
        return () => clearTimeout(timer)
      },
    },
    nonce: randomUUID,
    newest: () => Promise.resolve(null),
    lake: { entries: async () => [], next: async () => 0 },
    archived: null,
  },
  {
    name: 'bench',
    pid: process.pid,
    sources: speedSources(catalog).map((source) => ({
      ...source,
      decode: (value, appendedAt) => {
        meter.start()
        return source.decode(value, appendedAt)
      },
    })),
  },
)
/** Records applied and stored of a topic, and those that count among them. */
const stored = async (topic: string) => {
  const places = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }))
  const headers = (await readHeaders(store, places)).filter((header) => header !== null)
  const sum = (of: (header: (typeof headers)[number]) => number): number =>
    headers.reduce((all, header) => all + of(header), 0)
  return { next: sum(({ nextOffset }) => nextOffset), counted: sum(({ tally }) => tally.applied) }
}
// what comes first is through before what is made of it can be
const until = async (topic: string, end: () => Promise<number>): Promise<void> => {
  while ((await stored(topic)).next < (await end())) await new Promise((resolve) => setTimeout(resolve, 20))
}
const endOf = async (topic: string): Promise<number> =>
  (await log.bounds(topic)).reduce((sum, { high }) => sum + high, 0)
await until(taken, async () => total)
for (const topic of made) await until(topic, () => endOf(topic))
const result = meter.stop(total)
const rows = (await stored(must(made.at(-1), 'the log of the join'))).counted
console.log(JSON.stringify({ ...result, rows, counters: worker.status().counters }))
await worker.stop()
process.exit(0)
