import {
  createMemoryEventLog,
  createMemoryStateStore,
  createMemoryWorkerRegistry,
} from '@tidewater/adapter-memory'
import { decodeHeader } from '@tidewater/seam'
import { silentLog, systemClock } from '@tidewater/runtime'
import { catalogOf } from 'tidewater/fixture'
import { count, event, id, instant, sum, int, text, topicOf, view } from 'tidewater'
import { expect, test } from 'vitest'
import { ownPorts } from '../opening/own-ports.ts'
import { judgesOf } from './judge-of.ts'
import { runSpeedPart } from './speed-part.ts'

/** `channel` and `pieces` are required since today; the records below were accepted before. */
const Sale = event('Sale', {
  fields: { saleId: id(), shop: id(), at: instant(), channel: text(), pieces: int() },
  key: 'shop',
  time: 'at',
  dedupe: 'saleId',
})
const ByChannel = view('ByChannel', { from: Sale, by: 'channel', measure: () => ({ sales: count() }) })
const ByShop = view('ByShop', {
  from: Sale,
  by: 'shop',
  measure: (sale) => ({ sales: count(), doubled: sum(sale.pieces.plus(sale.pieces)) }),
})
const catalog = catalogOf([Sale, ByChannel, ByShop])

const at = Date.UTC(2026, 0, 1)
const older = { saleId: '1', shop: 's', at }
const RECORDS = [
  older,
  { saleId: '1', shop: 's', at },
  { saleId: '2', shop: 's', at, channel: 'web', pieces: 3 },
  { shop: 's', at, channel: 'web', pieces: 4 },
  { saleId: '3', shop: 's', channel: 'web', pieces: 5 },
  { saleId: '4', shop: 's', at, channel: 'web', pieces: 'many' },
]

test('what an older definition accepted counts wherever the missing field is not needed, in the stream and in the archive', async () => {
  const log = createMemoryEventLog(systemClock)
  const topic = topicOf('Sale')
  await log.ensureTopics([{ topic, partitions: 1, retentionMs: -1 }])
  const records = RECORDS.map((fields) => ({
    partition: 0,
    key: 's',
    value: new TextEncoder().encode(JSON.stringify(fields)),
    headers: {},
  }))
  await log.append(topic, records)
  const store = createMemoryStateStore()
  const registry = createMemoryWorkerRegistry(systemClock)
  const lake = { generations: async () => [], entries: async () => [], next: async () => 0 }
  const worker = await runSpeedPart(
    { ...ownPorts, log, store, registry, lake, archived: null },
    { name: 'speed', pid: 1, catalog, log: silentLog, commitEveryMs: 5 },
  )
  const header = async () => decodeHeader((await store.header({ topic, partition: 0 })) ?? new Uint8Array())
  await expect.poll(async () => (await header()).nextOffset, { interval: 2 }).toBe(records.length)
  // 1, 2 and the one without an id are sales; the second 1 is a copy; without a time, or with a text for pieces, it is none
  expect((await header()).tally).toMatchObject({ applied: 3, duplicate: 1, dead: 2 })
  expect(worker.status().counters.events_keyless).toBe(1)
  await worker.stop()

  const judge = judgesOf(catalog)('Sale')
  const judged = records.map(({ value }, offset) =>
    judge({ offset, appendedAt: at, key: null, value, headers: {} }, { topic, partition: 0 }),
  )
  expect(judged.map((one) => (one.kind === 'row' ? one.id : one.reason))).toEqual([
    '1',
    '1',
    '2',
    'event.sale/0/3',
    'at: is missing',
    'pieces: "many" is not a whole number',
  ])
})
