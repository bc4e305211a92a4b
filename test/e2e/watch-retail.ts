import { setTimeout as sleep } from 'node:timers/promises'
import { openDuckdb } from '@tidewater/adapter-duckdb'
import { openLake } from '@tidewater/adapter-lake'
import { expect } from 'vitest'
import { ask, runFileOf, type Platform } from './platform.ts'
import { thousandths } from './retail-answers.ts'

const TOPIC = 'event.retail_sale'

const LIST = `{
  rows { country revenue units lines }
  freshness { generation degraded offsets { topic partition next } }
}`

/** One operation, so the three layers are of one pointer and one read. */
const QUERY = `{
  merged: revenueByCountryList(first: 10000) ${LIST}
  batch: revenueByCountryList(first: 10000, layer: BATCH) ${LIST}
  speed: revenueByCountryList(first: 10000, layer: SPEED) ${LIST}
  months: revenueByMonth(from: "2010-01-01", to: "2012-01-01", every: "1mo") {
    total { revenue units lines }
    freshness { offsets { topic partition next } }
  }
}`

interface Sums {
  readonly revenue: bigint
  readonly units: number
  readonly lines: number
}

interface Totals {
  readonly revenue: string
  readonly units: number
  readonly lines: number
}

interface List {
  readonly rows: readonly (Totals & { readonly country: string })[]
  readonly freshness: {
    readonly generation: number | null
    readonly degraded: readonly string[]
    readonly offsets: readonly Offset[]
  }
}

interface Offset {
  readonly topic: string
  readonly partition: number
  readonly next: number
}

interface Answer {
  readonly merged: List
  readonly batch: List
  readonly speed: List
  readonly months: {
    readonly total: Totals | null
    readonly freshness: { readonly offsets: readonly Offset[] }
  }
}

/** One answer of GraphQL, seen while the file was loading. */
export interface Reading {
  readonly merged: Sums
  readonly batch: Sums
  readonly speed: Sums
  readonly generation: number
  readonly degraded: readonly string[]
  /** Partition → exclusive end, of the merged answer. */
  readonly offsets: readonly Offset[]
  /** All months of a windowed view, whose batch part lives elsewhere, with their own offsets. */
  readonly months: { readonly sums: Sums; readonly offsets: readonly Offset[] }
}

const NONE: Totals = { revenue: '0', units: 0, lines: 0 }
const sumsOf = (rows: readonly Totals[]): Sums => ({
  revenue: rows.reduce((sum, row) => sum + thousandths(row.revenue), 0n),
  units: rows.reduce((sum, row) => sum + row.units, 0),
  lines: rows.reduce((sum, row) => sum + row.lines, 0),
})

/** Adds up what is shown of the layers: equal to `merged` when every record is on exactly one side. */
export const layersTogether = ({ batch, speed }: Reading): Sums => ({
  revenue: batch.revenue + speed.revenue,
  units: batch.units + speed.units,
  lines: batch.lines + speed.lines,
})

/** Reads the three layers in one operation; rejects with GraphQL's own errors. */
export const readLayers = async (url: string): Promise<Reading> => {
  const { data, errors } = await ask<Answer>(url, QUERY)
  if (data === undefined || data === null) throw new Error(JSON.stringify(errors))
  const { merged, batch, speed, months } = data
  const offsetsOf = ({ freshness }: Pick<List | Answer['months'], 'freshness'>): readonly Offset[] =>
    freshness.offsets.filter(({ topic }) => topic === TOPIC)
  return {
    merged: sumsOf(merged.rows),
    batch: sumsOf(batch.rows),
    speed: sumsOf(speed.rows),
    generation: merged.freshness.generation ?? 0,
    degraded: merged.freshness.degraded,
    offsets: offsetsOf(merged),
    months: { sums: sumsOf([months.total ?? NONE]), offsets: offsetsOf(months) },
  }
}

export interface Watch {
  readonly readings: readonly Reading[]
  /** What GraphQL said instead of answering. */
  readonly errors: readonly string[]
  readonly lines: () => number
  /** Resolves when an answer showed this many lines; rejects after `withinMs`. */
  readonly reached: (lines: number, withinMs?: number) => Promise<void>
  readonly stop: () => Promise<void>
}

const EVERY_MS = 250

/** Polls GraphQL until stopped. */
export const watchRetail = (platform: Pick<Platform, 'url'>): Watch => {
  const readings: Reading[] = []
  const errors: string[] = []
  const stopped = new AbortController()
  const lines = (): number => readings.at(-1)?.merged.lines ?? 0
  const watch = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await readLayers(platform.url).then(
        (reading) => readings.push(reading),
        (error: unknown) => errors.push(error instanceof Error ? error.message : String(error)),
      )
      await sleep(EVERY_MS)
    }
  }
  const watching = watch()
  return {
    readings,
    errors,
    lines,
    reached: async (goal, withinMs = 120_000) => {
      const deadline = performance.now() + withinMs
      while (lines() < goal) {
        if (performance.now() > deadline) throw new Error(`${lines()} lines, never ${goal}`)
        await sleep(50)
      }
    },
    stop: async () => {
      stopped.abort()
      await watching
    },
  }
}

/** SELECT-able: all files of the archive. */
const archive = async (lakeDir: string): Promise<string> => {
  const lake = await openLake(lakeDir)
  const files = (await lake.entries(TOPIC)).flatMap(({ file }) => (file === null ? [] : [lake.path(file)]))
  return `read_parquet([${files.map((file) => `'${file}'`).join(', ')}])`
}

/** Archived rows as NDJSON with their envelope ids, ready to be sent again. */
export const archivedLines = async (lakeDir: string, count: number): Promise<string> => {
  const duckdb = await openDuckdb({ path: ':memory:', threads: 2 })
  const rows = await duckdb.query<{ line: string }>(`
    SELECT CAST(to_json({ _id: _id, invoiceNo: invoice_no, stockCode: stock_code, description: description,
      quantity: quantity, invoiceDate: epoch_ms(invoice_date), unitPrice: CAST(unit_price AS VARCHAR),
      customerId: customer_id, country: country }) AS VARCHAR) AS line
    FROM ${await archive(lakeDir)} ORDER BY _partition, _offset LIMIT ${count}`)
  await duckdb.close()
  return rows.map(({ line }) => line).join('\n')
}

/** The sums over the archived rows below each of some offset vectors, in order. */
const archivedSums = async (
  lakeDir: string,
  vectors: readonly (readonly Offset[])[],
): Promise<readonly Sums[]> => {
  const ends = vectors.flatMap((offsets, vector) =>
    offsets.map(({ partition, next }) => `(${vector}, ${partition}, ${next})`),
  )
  const duckdb = await openDuckdb({ path: ':memory:', threads: 2 })
  // A copy with the same id later in its partition counts once (semantics I2).
  const found = await duckdb.query<{ vector: number; revenue: string; units: string; lines: string }>(`
    WITH once AS (
      SELECT _partition, _offset, quantity, quantity * unit_price AS revenue
      FROM ${await archive(lakeDir)}
      QUALIFY row_number() OVER (PARTITION BY _partition, _id ORDER BY _offset) = 1)
    SELECT vector, CAST(sum(revenue) AS VARCHAR) AS revenue, CAST(sum(quantity) AS VARCHAR) AS units,
      CAST(count(*) AS VARCHAR) AS lines
    FROM (VALUES ${ends.join(', ')}) AS seen (vector, part, next)
    JOIN once ON _partition = part AND _offset < next GROUP BY vector`)
  await duckdb.close()
  const byVector = new Map(found.map((row) => [row.vector, row]))
  return vectors.map((_, index) => {
    const row = byVector.get(index)
    return {
      revenue: thousandths(row?.revenue ?? '0'),
      units: Number(row?.units ?? 0),
      lines: Number(row?.lines ?? 0),
    }
  })
}

/** Never back, never beyond, the layers add up, and each answer is the archived rows below its own offsets. */
export const expectExactAllAlong = async (
  platform: Pick<Platform, 'dir'>,
  readings: readonly Reading[],
  rows: number,
): Promise<void> => {
  const lines = readings.map(({ merged }) => merged.lines)
  expect(new Set(lines).size).toBeGreaterThan(5)
  expect(lines).toEqual(lines.toSorted((a, b) => a - b))
  expect(lines.at(-1)).toBeLessThanOrEqual(rows)
  const { lakeDir } = await runFileOf(platform.dir)
  const merged = readings.map((reading) => reading.merged)
  expect(readings.map(layersTogether)).toEqual(merged)
  expect(
    await archivedSums(
      lakeDir,
      readings.map(({ offsets }) => offsets),
    ),
  ).toEqual(merged)
  const months = readings.map((reading) => reading.months)
  const archived = await archivedSums(
    lakeDir,
    months.map(({ offsets }) => offsets),
  )
  expect(archived).toEqual(months.map(({ sums }) => sums))
}
