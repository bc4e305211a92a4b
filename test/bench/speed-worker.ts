/** The measured side of `speed.throughput` and `speed.quantile`: the speed engine, wired as apps/speed wires it, for one view; ends when the log is applied. */
import { randomUUID } from 'node:crypto'
import { createRedisStateStore, createRedisWorkerRegistry } from '@tidewater/adapter-redis'
import { openKafkaLog } from '@tidewater/adapter-kafka'
import { compileDecoder, isRejected } from '@tidewater/engine-ingest'
import { asLogged, identityOf } from '@tidewater/rows'
import { runSpeed } from '@tidewater/engine-speed'
import { compileView } from '@tidewater/plan'
import { decodeHeader } from '@tidewater/seam'
import { loadCatalog, systemClock } from '@tidewater/runtime'
import { topicOf } from 'tidewater'
import { measured } from './measured.ts'
import { UserSpending } from './quantile-view.ts'

const [brokers = '', redis = '', count = '', name = ''] = process.argv.slice(2)
const total = Number(count)
const catalog = await loadCatalog({ dirs: [] })
const event = catalog.events.get('ShopEvent')
const view = name === UserSpending.name ? UserSpending : catalog.views.get(name)
if (event === undefined || view === undefined)
  throw new Error(`the commerce pipeline has no ShopEvent or ${name}`)
const log = openKafkaLog({ brokers: brokers.split(','), clientId: 'bench' })
const store = await createRedisStateStore({ url: redis })
const registry = await createRedisWorkerRegistry(redis)
const decode = compileDecoder(asLogged(event))
const meter = measured()
const topic = topicOf(event.name)
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
    sources: [
      {
        topic,
        time: event.time,
        horizonMs: event.horizonMs,
        latenessMs: event.latenessMs,
        decode: (value, appendedAt) => {
          meter.start()
          const row = decode(value, appendedAt)
          return isRejected(row) ? null : row
        },
        idOf: identityOf(event),
        views: [{ machine: compileView(view, catalog), routed: true }],
        streams: [],
        operators: [],
        isSent: false,
      },
    ],
  },
)
const partitions = (await log.bounds(topic)).map(({ partition }) => ({ topic, partition }))
/** Applied means stored: the sum of nextOffset over the headers. */
const stored = async (): Promise<number> => {
  const headers = await Promise.all(partitions.map((place) => store.header(place)))
  return headers.reduce((sum, bytes) => sum + (bytes === null ? 0 : decodeHeader(bytes).nextOffset), 0)
}
while ((await stored()) < total) await new Promise((resolve) => setTimeout(resolve, 20))
const result = meter.stop(total)
console.log(JSON.stringify({ ...result, counters: worker.status().counters }))
await worker.stop()
process.exit(0)
