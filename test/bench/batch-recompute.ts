import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDuckdb, openDuckdbWarehouse } from '@tidewater/adapter-duckdb'
import type { GenerationPlan } from '@tidewater/ports'
import { loadCatalog } from '@tidewater/runtime'
import { topicOf, type Catalog } from 'tidewater'
import { archiveShopEvents } from './archive-shop-events.ts'
import { median, report } from './report.ts'

const EVENTS = 1_000_000
const PARTITIONS = 8
const ROUNDS = 5
const THREADS = 2

const timed = async (work: () => Promise<void>): Promise<number> => {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

/** The commerce pipeline alone: the views the hand-written SQL computes. */
const commerceOnly = (catalog: Catalog): Catalog => ({
  ...catalog,
  events: new Map([...catalog.events].filter(([name]) => name === 'ShopEvent')),
  views: new Map([...catalog.views].filter(([, view]) => view.from === 'ShopEvent')),
})

/** All commerce views from the archive of 1,000,000 events, against hand-written SQL for the same state. */
export const batchRecompute = async (): Promise<void> => {
  const dir = await mkdtemp(join(tmpdir(), 'tidewater-bench-'))
  try {
    const catalog = commerceOnly(await loadCatalog({ dirs: [] }))
    const files = await archiveShopEvents(join(dir, 'lake'), catalog, EVENTS, PARTITIONS)
    const warehouse = await openDuckdbWarehouse({
      directory: join(dir, 'published'),
      catalog,
      build: 'here',
      threads: THREADS,
    })
    const topic = topicOf('ShopEvent')
    const cuts = Array.from({ length: PARTITIONS }, (_, partition) => ({ topic, partition, cut: EVENTS }))
    const plan = (round: number): GenerationPlan => ({
      number: round,
      id: `g${round}-bench`,
      builtAt: Date.now(),
      cuts,
      files: new Map([['ShopEvent', files]]),
      archived: [],
      views: [...catalog.views.keys()],
      earlier: [],
      notes: new Map(),
      step: null,
    })
    const text = await readFile(join(import.meta.dirname, 'recompute.sql'), 'utf8')
    const byHand = async (round: number): Promise<void> => {
      const db = await openDuckdb({ path: join(dir, `hand-${round}.duckdb`), threads: THREADS })
      const list = files.map((file) => `'${file.replaceAll("'", "''")}'`).join(', ')
      await db.execute(`CREATE TEMP VIEW lake AS SELECT * FROM read_parquet([${list}])`)
      for (const statement of text.split(';\n')) if (statement.trim() !== '') await db.execute(statement)
      await db.close()
    }
    const ours: number[] = []
    const hand: number[] = []
    for (let round = 1; round <= ROUNDS; round++) {
      hand.push(await timed(() => byHand(round)))
      ours.push(await timed(async () => void (await warehouse.build(plan(round), () => undefined))))
    }
    const value = median(ours)
    const baseline = median(hand)
    report({
      bench: 'batch.recompute',
      value,
      unit: 's',
      baseline,
      ratio: value / baseline,
      goal: '<= 2',
      baselineIs: 'test/bench/recompute.sql',
      rounds: ours.map((s) => s.toFixed(2)).join(' '),
      baselineRounds: hand.map((s) => s.toFixed(2)).join(' '),
      eventsPerSecond: EVENTS / value,
      events: EVENTS,
    })
    await warehouse.close()
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
