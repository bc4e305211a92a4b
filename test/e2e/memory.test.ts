import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openDuckdb } from '@tidewater/adapter-duckdb'
import { openLake } from '@tidewater/adapter-lake'
import { freePort } from '@tidewater/stack'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed } from 'vitest'
import { REPOSITORY, run, startPlatform, type Platform } from './platform.ts'
import { expectedAnswers, retailAnswers } from './retail-answers.ts'
import { RETAIL_FILE, hasRetailData, retailTruth } from './retail-truth.ts'

const ROWS = 320_705
/** Rows that a client sends a second time. */
const AGAIN = 50_000
const LOAD = ['load', RETAIL_FILE, '--event', 'RetailSale', '--json'] as const

let platform: Platform

interface Loaded {
  readonly read: number
  readonly sent: number
  readonly duplicates: number
  readonly broken: number
}

const loaded = async (output: Promise<string>): Promise<Loaded> => JSON.parse(await output) as Loaded

/** In one operation: are BATCH and SPEED together MERGED, country by country? */
const layers = async () => {
  const of = (layer: string) =>
    `${layer}: revenueByCountryList(first: 1000, layer: ${layer}) { rows { country revenue units lines } }`
  type Rows = { rows: { country: string; revenue: string; units: number; lines: number }[] }
  const answer = await platform.graphql<Record<'MERGED' | 'BATCH' | 'SPEED', Rows>>(
    `{ ${of('MERGED')} ${of('BATCH')} ${of('SPEED')} }`,
  )
  const sums = new Map<string, { revenue: bigint; units: number; lines: number }>()
  for (const { country, revenue, units, lines } of [...answer.BATCH.rows, ...answer.SPEED.rows]) {
    const before = sums.get(country) ?? { revenue: 0n, units: 0, lines: 0 }
    const thousandths = BigInt(revenue.replace('.', ''))
    sums.set(country, {
      revenue: before.revenue + thousandths,
      units: before.units + units,
      lines: before.lines + lines,
    })
  }
  const merged = answer.MERGED.rows.map(({ country, revenue, units, lines }) => [
    country,
    { revenue: BigInt(revenue.replace('.', '')), units, lines },
  ])
  const linesOf = ({ rows }: Rows) => rows.reduce((sum, { lines }) => sum + lines, 0)
  return {
    sums: Object.fromEntries(sums),
    merged: Object.fromEntries(merged),
    batch: linesOf(answer.BATCH),
    speed: linesOf(answer.SPEED),
  }
}

/** Takes archived rows and posts them as they once came; resolves with how many the door took, when all are applied. */
const sendAgain = async (rows: number): Promise<number> => {
  const lake = await openLake(join(platform.dir, 'memory', 'lake'))
  const files = (await lake.entries('event.retail_sale')).flatMap(({ file }) =>
    file === null ? [] : [lake.path(file)],
  )
  const engine = await openDuckdb({ path: ':memory:', connections: 1 })
  const events = await engine.query<{ event: string }>(`
    SELECT to_json({_id: _id, invoiceNo: invoice_no, stockCode: stock_code,
      description: description, quantity: quantity,
      invoiceDate: epoch_ms(invoice_date), unitPrice: CAST(unit_price AS VARCHAR),
      customerId: customer_id, country: country}) AS event
    FROM read_parquet([${files.map((file) => `'${file}'`).join(', ')}]) ORDER BY _id LIMIT ${rows}`)
  await engine.close()
  let accepted = 0
  for (let at = 0; at < events.length; at += 5_000) {
    const body = events
      .slice(at, at + 5_000)
      .map(({ event }) => event)
      .join('\n')
    const response = await fetch(`${platform.url}/events/RetailSale`, { method: 'POST', body })
    accepted += (JSON.parse(await response.text()) as { accepted: number }).accepted
  }
  await expect.poll(async () => (await offsets()).left, { timeout: 30_000, interval: 100 }).toBe(0)
  return accepted
}

const offsets = async (): Promise<{ next: number; high: number; left: number }> => {
  type Partitions = { status: { partitions: { topic: string; next: number; high: number }[] } }
  const { status } = await platform.graphql<Partitions>('{ status { partitions { topic next high } } }')
  const ours = status.partitions.filter(({ topic }) => topic === 'event.retail_sale')
  const next = ours.reduce((sum, place) => sum + place.next, 0)
  const high = ours.reduce((sum, place) => sum + place.high, 0)
  return { next, high, left: high - next }
}

const cpuSeconds = async (): Promise<number> => {
  const metrics = await (await fetch(`${platform.url}/metrics`)).text()
  return Number(/^tidewater_process_cpu_seconds ([\d.]+)$/m.exec(metrics)?.[1])
}

const reconcile = async (): Promise<Record<string, unknown>> =>
  JSON.parse(await platform.cli('reconcile', '--json')) as Record<string, unknown>
const allEqual = { mismatched: 0, missing: 0, extra: 0, first: null }

describe.skipIf(!hasRetailData)(
  'the retail file in memory (skipped where ../shared/data is not there)',
  () => {
    beforeAll(async () => {
      // Not the usual port: whoever looks for a platform there must not find this one.
      platform = await startPlatform({ args: ['--memory', '--port', String(await freePort())] })
    })
    beforeEach(() => onTestFailed(() => console.log(platform.output())))
    afterAll(() => platform.stop())

    it('says what it is and is ready within 15 s', () => {
      const [, seconds] = /Tidewater is ready in (\d+) s/.exec(platform.output()) ?? []
      expect(Number(seconds)).toBeLessThanOrEqual(15)
      expect(platform.output()).toContain('in memory: nothing survives Ctrl-C')
    })

    it('loads within a minute of computing and is exact without a generation', async () => {
      const before = await cpuSeconds()
      const result = await loaded(platform.cli(...LOAD))
      expect(result).toMatchObject({ read: ROWS, sent: ROWS, duplicates: 0, broken: 0 })
      // Not by the clock: other tests may need the same cores.
      expect((await cpuSeconds()) - before).toBeLessThan(60)
      expect(await retailAnswers(platform)).toEqual(expectedAnswers(retailTruth()))
      const { sums, merged, batch, speed } = await layers()
      expect(sums).toEqual(merged)
      expect([batch, speed]).toEqual([0, ROWS])
    })

    it('is exact after a generation, and all of it comes from the batch layer', async () => {
      const built: { number: number; published: boolean } = JSON.parse(
        await platform.cli('generation', '--json'),
      )
      expect(built).toMatchObject({ number: 1, published: true })
      expect(await retailAnswers(platform)).toEqual(expectedAnswers(retailTruth()))
      const { sums, merged, batch, speed } = await layers()
      expect(sums).toEqual(merged)
      expect([batch, speed]).toEqual([ROWS, 0])
      expect(await reconcile()).toMatchObject(allEqual)
    })

    it('adds nothing when the file is loaded again, known or not', async () => {
      expect(await loaded(platform.cli(...LOAD))).toMatchObject({ read: ROWS, sent: 0, duplicates: ROWS })
      expect(await retailAnswers(platform)).toEqual(expectedAnswers(retailTruth()))
      // A client that knows nothing sends them again: their ids say that they were all here before.
      expect(await sendAgain(AGAIN)).toBe(AGAIN)
      const { next, high } = await offsets()
      expect(high).toBe(ROWS + AGAIN)
      expect(next).toBe(high)
      expect(await retailAnswers(platform)).toEqual(expectedAnswers(retailTruth()))
      expect(await reconcile()).toMatchObject(allEqual)
      await platform.cli('generation', '--json')
      expect(await retailAnswers(platform)).toEqual(expectedAnswers(retailTruth()))
    })

    it('lists its one process, refuses a worker of another, and leaves nothing on disk', async () => {
      const status: { workers: { role: string; pid: number }[] } = JSON.parse(
        await platform.cli('status', '--json'),
      )
      expect(status.workers.map(({ role }) => role).toSorted()).toEqual([
        'archive',
        'batch',
        'serving',
        'speed',
      ])
      expect(new Set(status.workers.map(({ pid }) => pid)).size).toBe(1)
      const worker = run(process.execPath, [
        join(REPOSITORY, 'apps/cli/bin/tidewater.mjs'),
        'worker',
        'speed',
        '--data',
        platform.dir,
      ])
      await expect(worker).rejects.toThrow('runs in memory')
      expect(existsSync(join(platform.dir, 'memory', 'lake'))).toBe(true)
      await platform.stop()
      expect(existsSync(join(platform.dir, 'memory'))).toBe(false)
    })
  },
)
