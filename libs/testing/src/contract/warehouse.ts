import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openParquetWriter } from '@tidewater/adapter-duckdb'
import { openLake } from '@tidewater/adapter-lake'
import { encodeKey, type SlotRow } from '@tidewater/plan'
import type {
  BatchReader,
  GenerationPlan,
  GenerationRecord,
  Lake,
  RawTables,
  Warehouse,
} from '@tidewater/ports'
import type { Catalog } from 'tidewater'
import { ARCHIVED, MINUTE, TOPIC, lineOf, machineOf, sale, warehouseCatalog } from './warehouse-records.ts'

const VIEWS = ['ByShop', 'ByMinute', 'ByPrice']

export interface WarehouseUnderTest {
  readonly warehouse: Warehouse
  /** What serving reads of it. */
  readonly reader: BatchReader
  /** The raw tables of an engine that keeps its own; null: it reads the lake's files. */
  readonly raw: RawTables | null
  /** Rows that an analyst gets: of `SELECT shop, sales, revenue FROM <view> ORDER BY shop`. */
  readonly ask: (sql: string) => Promise<readonly object[]>
  readonly view: (name: string) => string
}

export interface WarehouseGiven {
  readonly directory: string
  readonly lake: Lake
  readonly catalog: Catalog
}

/** What every Warehouse and its BatchReader must do, over five records on two partitions, one of them sent twice. */
export const warehouseContract = (
  title: string,
  open: (given: WarehouseGiven) => Promise<WarehouseUnderTest>,
): void => {
  describe(`${title} as a Warehouse`, () => {
    let directory = ''
    let lake: Lake
    let the: WarehouseUnderTest
    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'warehouse-'))
      lake = await openLake(join(directory, 'lake'))
      the = await open({ directory, lake, catalog: warehouseCatalog })
      await the.raw?.prepare([sale], 'replace')
      await archive(lake, the.raw)
    })
    afterAll(async () => {
      await the.reader.close()
      await the.warehouse.close()
      await rm(directory, { recursive: true, force: true })
    })

    const early = () => planOf(lake, 1, 'g1-early', [3, 1])
    const late = () => planOf(lake, 2, 'g2-late', [4, 2])
    const totals = (id: string) => totalsOf(the.warehouse, id)
    const windows = async (generation: string, from: number, to: number) => {
      const rows: SlotRow[] = []
      for await (const chunk of the.reader.slots({ generation, view: 'ByMinute', from, to }))
        rows.push(...chunk)
      return presented('ByMinute', rows)
    }

    test('before the first generation analysts can ask for every view', async () => {
      await the.warehouse.publish(null)
      expect(await the.warehouse.holds('g1-early', VIEWS)).toBe(false)
    })

    test('a build holds every record below the cuts once, and reports how far it is', async () => {
      const progress: number[] = []
      const built = await the.warehouse.build(await early(), (fraction) => progress.push(fraction))
      const keyless = Object.fromEntries(built.map((view) => [view.view, view.keyless]))
      expect(keyless).toEqual({ ByShop: 0, ByMinute: 0, ByPrice: 1 })
      expect(progress.at(-1)).toBe(1)
      expect(await the.warehouse.holds('g1-early', VIEWS)).toBe(true)
      expect(await totals('g1-early')).toEqual({ x: { sales: 3, revenue: 350 } })
    })

    test('what is built already is not built again: neither files nor rows are asked for', async () => {
      const plan = await early()
      const first = await the.warehouse.build(plan, () => undefined)
      const without = {
        ...plan,
        files: new Map([['Sale', ['/gone.parquet']]]),
        archived: [{ topic: TOPIC, partition: 0, rows: 1_000_000 }],
      }
      expect(await the.warehouse.build(without, () => undefined)).toEqual(first)
      expect(await totals('g1-early')).toEqual({ x: { sales: 3, revenue: 350 } })
    })

    test('two generations stand side by side, each with its own cuts', async () => {
      await the.warehouse.build(await late(), () => undefined)
      expect(await totals('g1-early')).toEqual({ x: { sales: 3, revenue: 350 } })
      expect(await totals('g2-late')).toEqual({
        x: { sales: 3, revenue: 350 },
        y: { sales: 2, revenue: 1200 },
      })
    })

    test('serving reads the windows that start in a range, of one generation', async () => {
      expect(await windows('g2-late', 0, MINUTE)).toEqual({ '0 x': { sales: 3, revenue: 350 } })
      expect(await windows('g2-late', MINUTE, 3 * MINUTE)).toEqual({
        '60000 y': { sales: 1, revenue: 400 },
        '120000 y': { sales: 1, revenue: 800 },
      })
      expect(await windows('g1-early', MINUTE, 3 * MINUTE)).toEqual({})
    })

    test('serving reads a past moment from the archive: below its offsets, up to its instant, all keys or one', async () => {
      const ask = async (asOf: number, key: string | null) => {
        const offsets = [4, 2].map((next, partition) => ({ topic: TOPIC, partition, next }))
        return presented('ByShop', await the.reader.history({ view: 'ByShop', offsets, asOf, key }))
      }
      expect(await ask(30_000, null)).toEqual({ '0 x': { sales: 2, revenue: 100 } })
      const key = encodeKey(['y'], machineOf('ByShop').layout.stateKeys)
      expect(await ask(3 * MINUTE, key)).toEqual({ '0 y': { sales: 2, revenue: 1200 } })
    })

    test('a generation it does not hold is an error to wait for, not an empty answer', async () => {
      await expect(windows('g9-nowhere', 0, MINUTE)).rejects.toMatchObject({ code: 'NOT_READY' })
    })

    test('what was built without a view has no part of it, until it is built with it', async () => {
      const plan = await planOf(lake, 3, 'g3-partly', [4, 2])
      await the.warehouse.build({ ...plan, views: ['ByShop'] }, () => undefined)
      expect(await the.warehouse.holds('g3-partly', ['ByShop'])).toBe(true)
      expect(await the.warehouse.holds('g3-partly', VIEWS)).toBe(false)
      await expect(windows('g3-partly', 0, MINUTE)).rejects.toMatchObject({ code: 'NOT_READY' })
      await the.warehouse.build(plan, () => undefined)
      expect(await windows('g3-partly', 0, MINUTE)).toEqual({ '0 x': { sales: 3, revenue: 350 } })
    })

    test('a published generation is what analysts see; published twice it is the same', async () => {
      const record = recordOf(await late())
      for (let times = 0; times < 2; times++) {
        await the.warehouse.publish(record)
        const rows = await the.ask(`SELECT shop, sales, revenue FROM ${the.view('by_shop')} ORDER BY shop`)
        expect(rows.map((row) => Object.values(row).map(String))).toEqual([
          ['x', '3', '350'],
          ['y', '2', '1200'],
        ])
      }
      await the.warehouse.showNotes()
    })

    test('retiring keeps the generations named and drops older ones', async () => {
      expect(await the.warehouse.retire(['g2-late'])).toBeGreaterThan(0)
      expect(await the.warehouse.holds('g1-early', VIEWS)).toBe(false)
      expect(await the.warehouse.holds('g2-late', VIEWS)).toBe(true)
      expect(await totals('g2-late')).toMatchObject({ y: { sales: 2, revenue: 1200 } })
    })
  })
}

const archive = async (lake: Lake, raw: RawTables | null): Promise<void> => {
  const writer = await openParquetWriter({ threads: 1 })
  for (const [partition, records] of ARCHIVED.entries()) {
    const file = lake.temporary()
    const lines = records.map((record, offset) => lineOf(record, partition, offset))
    await writer.write(sale, lines, file)
    const range = { topic: TOPIC, partition, from: 0, next: records.length }
    const maxEventTime = Math.max(...records.map(({ at }) => at))
    const about = {
      level: 0,
      rows: records.length,
      dead: 0,
      absent: 0,
      missed: 0,
      lastAppended: records.length,
      maxEventTime,
    }
    await lake.add({ ...range, ...about }, file)
    const entry = (await lake.entries(TOPIC)).find((each) => each.partition === partition)
    await raw?.load(sale, { ...range, path: lake.path(entry?.file ?? ''), horizonFrom: 0 })
  }
  await writer.close()
}

const planOf = async (
  lake: Lake,
  number: number,
  id: string,
  cuts: readonly number[],
): Promise<GenerationPlan> => {
  const entries = await lake.entries(TOPIC)
  return {
    number,
    id,
    builtAt: 10 * MINUTE,
    views: VIEWS,
    cuts: cuts.map((cut, partition) => ({ topic: TOPIC, partition, cut })),
    files: new Map([['Sale', entries.map(({ file }) => lake.path(file ?? ''))]]),
    archived: entries.map(({ topic, partition, rows }) => ({ topic, partition, rows })),
    earlier: [],
    notes: new Map(),
    step: null,
  }
}

const recordOf = ({ number, id, builtAt, cuts }: GenerationPlan): GenerationRecord => ({
  number,
  id,
  builtAt,
  cuts,
  fingerprints: Object.fromEntries(VIEWS.map((name) => [name, machineOf(name).fingerprint])),
  duckdbFile: `tidewater-${id}.duckdb`,
  clickhouse: true,
  files: [],
})

/** Measures by window start and shop, of the state rows of any number of partitions. */
const presented = (view: string, rows: readonly SlotRow[]): Record<string, object | null> => {
  const machine = machineOf(view)
  const groups = new Map<string, SlotRow[]>()
  for (const row of rows) {
    const name = `${row.bucket} ${row.keys.join(' ')}`
    groups.set(name, [...(groups.get(name) ?? []), row])
  }
  return Object.fromEntries(
    [...groups].map(([name, own]) => [name, machine.present(machine.fromSlots(own), 10 * MINUTE)]),
  )
}

/** Measures by shop, from the state of every partition; groups of a partition must come together. */
const totalsOf = async (warehouse: Warehouse, id: string): Promise<Record<string, object | null>> => {
  const rows: SlotRow[] = []
  for (const partition of ARCHIVED.keys()) {
    const seen: string[] = []
    for await (const chunk of warehouse.slots(id, 'ByShop', partition))
      for (const row of chunk) {
        rows.push(row)
        if (seen.at(-1) !== row.keys.join()) seen.push(row.keys.join())
      }
    expect(new Set(seen).size).toBe(seen.length)
  }
  return Object.fromEntries(
    Object.entries(presented('ByShop', rows)).map(([name, measures]) => [
      name.slice(name.indexOf(' ') + 1),
      measures,
    ]),
  )
}
