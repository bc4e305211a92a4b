import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLake } from '@tidewater/adapter-lake'
import { compileView, encodeKey } from '@tidewater/plan'
import type { Machine, Row, SlotRow } from '@tidewater/plan'
import type { BatchReader, OffsetVector } from '@tidewater/ports'
import {
  count,
  decimal,
  event,
  hours,
  id,
  instant,
  int,
  minutes,
  sum,
  topicOf,
  tumbling,
  view,
} from 'tidewater'
import type { ViewDefinition } from 'tidewater'
import { catalogOf, eventOf } from 'tidewater/fixture'
import { NASTY_TEXTS } from '@tidewater/testing/nasty-texts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDuckdbBatchReader } from './batch-reader.ts'
import { openParquetWriter } from './parquet-writer.ts'
import { openDuckdbWarehouse } from './warehouse/open-duckdb-warehouse.ts'

const Sale = event('Sale', {
  fields: { shop: id(), size: int(), at: instant(), price: decimal(10, 2) },
  key: 'shop',
  time: 'at',
  horizon: hours(1),
})
const ByShop = view('ByShop', {
  from: Sale,
  by: ['shop', 'size'],
  measure: (e) => ({ sales: count(), revenue: sum(e.price) }),
})
const ByMinute = view('ByMinute', {
  from: Sale,
  by: 'shop',
  window: tumbling(minutes(1)),
  measure: (e) => ({ sales: count(), revenue: sum(e.price) }),
})
const catalog = catalogOf([Sale, ByShop, ByMinute])
const machineOf = (name: string): Machine => compileView(catalog.views.get(name) as ViewDefinition, catalog)
const TOPIC = topicOf('Sale')

interface Sold {
  readonly offset: number
  readonly partition: number
  readonly id: string
  readonly row: Row
}
/** Two partitions; every fifth record is the one before sent again. Shops have names that drivers confuse. */
const SHOPS = NASTY_TEXTS
const sold: Sold[] = Array.from({ length: 120 }, (_, i) => {
  const n = i % 5 === 4 ? i - 2 : i
  const row = { shop: SHOPS[n % SHOPS.length] ?? '', size: n % 4, at: n * 20_000, price: n * 3 - 20 }
  return { offset: Math.floor(i / 2), partition: i % 2, id: `s${n}`, row }
})
const isFirst = (one: Sold): boolean =>
  sold.find((other) => other.id === one.id && other.partition === one.partition) === one

let directory = ''
let reader: BatchReader
const CUTS = [20, 25]

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'reader-'))
  const lake = await openLake(join(directory, 'lake'))
  const writer = await openParquetWriter({ threads: 1 })
  const files: string[] = []
  for (const partition of [0, 1]) {
    const own = sold.filter((one) => one.partition === partition)
    const lines = own.map(({ row, offset, id: envelope }) => {
      const price = (Number(row['price']) / 100).toFixed(2)
      return `${JSON.stringify({ ...row, size: String(row['size']), price, _id: envelope, _partition: partition, _offset: offset, _appended_at: 1_000 + offset })}\n`
    })
    const temporary = lake.temporary()
    await writer.write(eventOf(Sale), lines, temporary)
    await lake.add(
      {
        topic: TOPIC,
        partition,
        from: 0,
        next: own.length,
        level: 0,
        absent: 0,
        missed: 0,
        rows: own.length,
        dead: 0,
        lastAppended: 2_000,
        maxEventTime: 2_000_000,
      },
      temporary,
    )
  }
  for (const { file } of await lake.entries(TOPIC)) if (file !== null) files.push(lake.path(file))
  const published = join(directory, 'published')
  const warehouse = await openDuckdbWarehouse({ directory: published, catalog, build: 'here', threads: 1 })
  const cuts = CUTS.map((cut, partition) => ({ topic: TOPIC, partition, cut }))
  await warehouse.build(
    {
      number: 1,
      id: 'g1-a',
      builtAt: 0,
      cuts,
      files: new Map([['Sale', files]]),
      archived: [],
      views: [...catalog.views.keys()],
      earlier: [],
      notes: new Map(),
      step: null,
    },
    () => undefined,
  )
  await Promise.all([warehouse.close(), writer.close()])
  reader = openDuckdbBatchReader({ directory: published, lake, catalog, threads: 1 })
}, 60_000)
afterAll(async () => {
  await reader.close()
  await rm(directory, { recursive: true, force: true })
})

type Presented = Record<string, Record<string, unknown> | null>

/** Groups by window and key, as the machine shows the slot rows, or the sales themselves. */
const presented = (machine: Machine, rows: readonly SlotRow[]): Presented => {
  const groups = Map.groupBy(
    rows,
    ({ bucket, keys }) => `${bucket} ${encodeKey(keys, machine.layout.stateKeys)}`,
  )
  return Object.fromEntries(
    [...groups].map(([name, own]) => [name, machine.present(machine.fromSlots(own), 2_000_000)]),
  )
}
const truth = (machine: Machine, wanted: (one: Sold) => boolean): Presented => {
  const groups = Map.groupBy(
    sold.filter(isFirst).filter(wanted),
    ({ row }) => `${machine.bucketOf(row)} ${machine.keyOf(row)}`,
  )
  return Object.fromEntries(
    [...groups].map(([name, own]) => {
      const state = machine.zero()
      for (const { row, partition, offset } of own) machine.add(state, row, partition, offset)
      return [name, machine.present(state, 2_000_000)]
    }),
  )
}
const below = ({ offset, partition }: Sold): boolean => offset < (CUTS[partition] ?? 0)

const all = async (chunks: AsyncIterable<readonly SlotRow[]>): Promise<SlotRow[]> => {
  const rows: SlotRow[] = []
  for await (const chunk of chunks) rows.push(...chunk)
  return rows
}

test('a generation answers the windows of a range, or all of them, in order', async () => {
  const machine = machineOf('ByMinute')
  const from = 3 * 60_000
  const to = 9 * 60_000
  const some = await all(reader.slots({ generation: 'g1-a', view: 'ByMinute', from, to }))
  const inside = ({ row }: Sold): boolean => Number(row['at']) >= from && Number(row['at']) < to
  expect(presented(machine, some)).toEqual(truth(machine, (one) => below(one) && inside(one)))
  const every = await all(
    reader.slots({
      generation: 'g1-a',
      view: 'ByMinute',
      from: Number.MIN_SAFE_INTEGER,
      to: Number.MAX_SAFE_INTEGER,
    }),
  )
  expect(every.map(({ bucket }) => bucket)).toEqual(every.map(({ bucket }) => bucket).sort((a, b) => a - b))
  expect(presented(machine, every)).toEqual(truth(machine, below))
  await expect(all(reader.slots({ generation: 'g9-x', view: 'ByMinute', from, to }))).rejects.toThrow(
    'generation g9-x cannot be opened',
  )
})

test('the past counts what had happened by then, below the offsets, each record once', async () => {
  const machine = machineOf('ByShop')
  const offsets: OffsetVector = [
    { topic: TOPIC, partition: 0, next: 30 },
    { topic: TOPIC, partition: 1, next: 12 },
  ]
  const asOf = 700_000
  const wanted = ({ row, partition, offset }: Sold): boolean =>
    Number(row['at']) <= asOf && offset < (partition === 0 ? 30 : 12)
  const all = await reader.history({ view: 'ByShop', offsets, asOf, key: null })
  expect(presented(machine, all)).toEqual(truth(machine, wanted))
  for (const key of new Set(sold.filter(wanted).map(({ row }) => machine.keyOf(row) ?? ''))) {
    const one = await reader.history({ view: 'ByShop', offsets, asOf, key })
    expect(presented(machine, one)).toEqual(
      truth(machine, (sale) => wanted(sale) && machine.keyOf(sale.row) === key),
    )
  }
  expect(await reader.history({ view: 'ByShop', offsets: [], asOf, key: null })).toEqual([])
})
