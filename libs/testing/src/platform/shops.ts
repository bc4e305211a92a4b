import {
  runGeneration,
  type BatchOptions,
  type BatchPorts,
  type GenerationResult,
} from '@tidewater/engine-batch'
import type { OffsetVector, RawTables, ServedView, ServingReader, Warehouse } from '@tidewater/ports'
import {
  count,
  decimal,
  event,
  hours,
  id,
  instant,
  latest,
  minutes,
  oneOf,
  sum,
  topicOf,
  tumbling,
  view,
  type Catalog,
} from 'tidewater'
import { catalogOf } from 'tidewater/fixture'
import { expect } from 'vitest'
import { openDuckdbEngines } from '../simulated/duckdb-engines.ts'
import { definitionsOf, type Definitions, type Engines, type World } from '../simulated/index.ts'
import { heldBy } from './held.ts'
import { openTestPlatform } from './open-test-platform.ts'

const Sale = event('Sale', {
  doc: 'A sale.',
  fields: { shop: id(), at: instant(), kind: oneOf('cash', 'card'), amount: decimal(12, 2).optional() },
  key: 'shop',
  time: 'at',
  horizon: hours(24),
})
const ShopTotals = view('ShopTotals', {
  doc: 'What a shop sold.',
  from: Sale,
  by: 'shop',
  measure: (e) => ({
    sales: count(),
    revenue: sum(e.amount),
    lately: count().last(minutes(10)),
    lastKind: latest(e.kind),
  }),
})
const SalesByMinute = view('SalesByMinute', {
  from: Sale,
  by: 'shop',
  window: tumbling(minutes(1)),
  measure: (e) => ({ sales: count(), revenue: sum(e.amount) }),
})

export const TOPIC = topicOf('Sale')

const catalog = catalogOf([Sale, ShopTotals, SalesByMinute])
const OtherSalesByMinute = view('SalesByMinute', {
  from: Sale,
  by: 'kind',
  window: tumbling(minutes(1)),
  measure: () => ({ sales: count() }),
})
/** The same with another definition of SalesByMinute. */
export const changedDefinitions = definitionsOf(catalogOf([Sale, ShopTotals, OtherSalesByMinute]))

/** A second SQL engine beside DuckDB, with the raw tables it reads. */
export interface SqlServer {
  readonly raw: RawTables
  /** Opens it over the lake in this directory. */
  readonly open: (root: string, catalog: Catalog) => Promise<Warehouse>
}

/** The platform with an archive and DuckDB, and records of four shops. */
export const openShops = async (sql: SqlServer | null = null) => {
  const duckdb = await openDuckdbEngines()
  const p = await openTestPlatform({
    catalog,
    startMs: Date.UTC(2026, 0, 1),
    engines: (world) =>
      sql === null ? duckdb.engines(world) : withServer(sql, duckdb.engines(world), world),
  })
  await p.startArchive({ limits: { rows: 40, ms: 30 } })
  const warnings: string[] = []
  const options: BatchOptions = {
    catalog: p.catalog,
    machines: p.machines,
    warn: (sentence, cause) =>
      void warnings.push(`${sentence}: ${cause instanceof Error ? cause.message : String(cause)}`),
  }
  let last = { partition: 0, key: 'k', value: new Uint8Array(), headers: { id: '' } }
  let made = 0
  /** Appends records 1.7 s apart; every seventh is the one before it again, as a retrying client sends it. */
  const produce = async (n: number): Promise<void> => {
    for (let i = 0; i < n; i++) {
      const sale = {
        shop: `shop${i % 4}`,
        at: p.clock.now() - (i % 5) * 1000,
        kind: i % 3 === 0 ? 'cash' : 'card',
        amount: i % 4 === 0 ? null : ((i * 7) / 100).toFixed(2),
      }
      const value = new TextEncoder().encode(JSON.stringify(sale))
      if (i % 7 !== 6) last = { ...last, partition: i % 2, value, headers: { id: `id${made}` } }
      made++
      await p.log.append(TOPIC, [last])
      p.setClock(p.clock.now() + 1700)
    }
  }
  /** Appends one record to a partition. */
  const send = async (partition: number, shop: string): Promise<void> => {
    const sale = { shop, at: p.clock.now(), kind: 'cash', amount: '0.05' }
    const value = new TextEncoder().encode(JSON.stringify(sale))
    await p.log.append(TOPIC, [{ partition, key: shop, value, headers: { id: `id${++made}` } }])
  }
  /** A speed worker applies all there is, and goes. */
  const apply = async (): Promise<void> => {
    const worker = await p.startSpeed()
    await p.settle()
    await p.stop(worker)
  }
  const build = (ports: BatchPorts = p.ports): Promise<GenerationResult> =>
    runGeneration(ports, options, { through: 'now', patienceMs: 60_000 }, () => undefined)
  /** A server waits for its raw rows in real time, for which virtual time stands still: they must be there before. */
  const load = async ({ raw }: SqlServer): Promise<void> => {
    await p.archive()
    for (const event of p.catalog.events.values())
      for (const place of p.places.filter(({ topic }) => topic === topicOf(event.name)))
        await p.until(async () => {
          const { next } = await raw.loaded(event, place.partition)
          return next === (await p.during(p.lake.next(place)))
        })
  }
  return {
    ...{ ...p, options, warnings, produce, send, apply, published: duckdb.published, query: duckdb.query },
    /** A generation on its way. */
    build,
    run: async (ports?: BatchPorts): Promise<GenerationResult> => {
      if (sql !== null) await load(sql)
      return p.during(build(ports))
    },
    /** Ports of another worker, with engines of its own. */
    otherWorker: async (definitions: Definitions = p): Promise<BatchPorts> => {
      const { warehouses } = await p.during(p.world.process('other').ports(definitions))
      return { ...p.ports, warehouses }
    },
    loseStore: () => p.store.restore({ partitions: new Map(), pointer: null }),
    close: async () => {
      await p.close()
      await duckdb.close()
    },
  }
}
export type Shops = Awaited<ReturnType<typeof openShops>>

/** These engines, and an SQL server over the same lake. */
export const withServer = ({ raw, open }: SqlServer, own: Engines, { time }: World): Engines => ({
  ...own,
  open: async (process, definitions, lake) => {
    const engines = await own.open(process, definitions, lake)
    const held = heldBy(time)
    const warehouse = held(await time.hold(open(own.root, definitions.catalog)))
    return { ...engines, warehouses: [...engines.warehouses, warehouse], raw: held(raw) }
  },
})

/** What readers get as batch part, by key, and what it must be: the truth below the pointer's cuts, on every partition. */
export const batchAndTruth = async (shops: Shops) => {
  const { pointer, batch } = await shops.stored('ShopTotals')
  const below = pointer.cuts.map(({ topic, partition, cut }) => ({ topic, partition, next: cut }))
  const rows = shops.truth('ShopTotals', below)
  const truth = Object.fromEntries(rows.map(({ keys, measures }) => [`${String(keys['shop'])}@0`, measures]))
  return { pointer, batch, truth }
}

/** The promise of the seam: what readers get as batch part is that truth. Answers the generation's number. */
export const expectTruth = async (shops: Shops): Promise<number> => {
  const { pointer, batch, truth } = await batchAndTruth(shops)
  expect(batch).toEqual(truth)
  return pointer.number
}

/** What an exact serving layer answers at these offsets. */
export const exactAnswer = (shops: Shops, view: string, offsets: OffsetVector): ServedView => ({
  ...{ rows: shops.truth(view, offsets), offsets, asOf: shops.clock.now(), degraded: [] },
})

/** Serving as a function of what each view answers in whole. */
export const readerOf = (answerOf: (view: string) => ServedView): ServingReader => ({
  readList: async (view, { from, to }) => {
    const answer = answerOf(view)
    return {
      ...answer,
      rows: answer.rows.filter(({ start }) => start === null || (start >= from && start < to)),
    }
  },
  readKeys: async (view, keys) => {
    const answer = answerOf(view)
    const wanted = new Set(keys.map((each) => JSON.stringify(each)))
    return { ...answer, rows: answer.rows.filter((row) => wanted.has(JSON.stringify(row.keys))) }
  },
})
