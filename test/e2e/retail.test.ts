import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runFileOf, startPlatform, type Platform } from './platform.ts'
import { expectedAnswers, retailAnswers } from './retail-answers.ts'
import { clickhouseAnswers, clickhouseQuery, notebookAnswers } from './retail-sql.ts'
import { retailSource } from './retail-truth.ts'
import {
  archivedLines,
  expectExactAllAlong,
  layersTogether,
  readLayers,
  watchRetail,
} from './watch-retail.ts'

const { file, truth } = retailSource()
const expected = expectedAnswers(truth)

interface Loaded {
  readonly read: number
  readonly sent: number
  readonly duplicates: number
  readonly broken: number
}

const load = async (platform: Platform, ...flags: string[]): Promise<Loaded> =>
  JSON.parse(await platform.cli('load', file, '--event', 'RetailSale', '--json', ...flags)) as Loaded

interface Generation {
  readonly number: number
  readonly published: boolean
  readonly cut: readonly { readonly next: number }[]
}

const generation = async (platform: Platform): Promise<Generation> =>
  JSON.parse(await platform.cli('generation', '--json')) as Generation

const sizeOf = ({ cut }: Generation): number => cut.reduce((sum, { next }) => sum + next, 0)

/** GraphQL, the layers, reconcile and ClickHouse: the same truth from every side. */
const expectTruth = async (platform: Platform): Promise<void> => {
  expect(await retailAnswers(platform)).toEqual(expected)
  const reading = await readLayers(platform.url)
  expect(reading.merged.lines).toBe(truth.rows)
  expect(layersTogether(reading)).toEqual(reading.merged)
  expect(JSON.parse(await platform.cli('reconcile', '--json'))).toMatchObject({
    checked: expect.toSatisfy((rows: number) => rows > 300) as number,
    mismatched: 0,
    missing: 0,
    extra: 0,
    building: [],
  })
  // Last: reconciling has the archive close its entries, else ClickHouse has the newest rows some seconds later.
  expect(await clickhouseAnswers(platform)).toEqual(expected)
}

describe('a file is loaded before there is any generation', () => {
  let platform: Platform
  beforeAll(async () => {
    platform = await startPlatform()
  })
  afterAll(() => platform.stop())

  it('is exact at every moment of the load and all of it afterwards', async () => {
    const watch = watchRetail(platform)
    expect(await load(platform)).toMatchObject({
      read: truth.rows,
      sent: truth.rows,
      duplicates: 0,
      broken: 0,
    })
    await watch.stop()
    expect(watch.errors.slice(0, 3)).toEqual([])
    await expectTruth(platform)
    await expectExactAllAlong(platform, watch.readings, truth.rows)
  })

  it('is the same after a generation, and in its published file', async () => {
    const built = await generation(platform)
    expect(built).toMatchObject({ number: 1, published: true })
    expect(sizeOf(built)).toBe(truth.rows)
    const reading = await readLayers(platform.url)
    expect(reading).toMatchObject({ generation: 1, speed: { lines: 0 }, batch: { lines: truth.rows } })
    await expectTruth(platform)
    expect(await notebookAnswers(platform)).toEqual(expected)
  })

  it('is the same when the file is loaded again', async () => {
    expect(await load(platform)).toMatchObject({
      read: truth.rows,
      sent: 0,
      duplicates: truth.rows,
      broken: 0,
    })
    await expectTruth(platform)
  })

  it('is the same when a client sends rows again with their ids', async () => {
    const rows = 10_000
    const { lakeDir } = await runFileOf(platform.dir)
    const body = await archivedLines(lakeDir, rows)
    const sent = await fetch(`${platform.url}/events/RetailSale`, { method: 'POST', body })
    expect(await sent.json()).toMatchObject({ accepted: rows, rejected: [] })
    expect(sizeOf(await generation(platform))).toBe(truth.rows + rows)
    await expectTruth(platform)
    const [row] = await clickhouseQuery(platform, 'SELECT countIf(_dup) AS n FROM raw_retail_sale')
    expect(row).toEqual({ n: String(rows) })
    expect(await notebookAnswers(platform)).toEqual(expected)
  })
})

describe('generations are built in the middle of a load', () => {
  let platform: Platform
  beforeAll(async () => {
    platform = await startPlatform()
  })
  afterAll(() => platform.stop())

  it('is exact at every moment of the load and all of it afterwards', async () => {
    const watch = watchRetail(platform)
    const loading = load(platform)
    await watch.reached(truth.rows * 0.02)
    const first = await generation(platform)
    const second = await generation(platform)
    expect(await loading).toMatchObject({ sent: truth.rows, broken: 0 })
    await watch.stop()
    expect(watch.errors.slice(0, 3)).toEqual([])
    expect([first.number, second.number]).toEqual([1, 2])
    expect(sizeOf(first)).toBeGreaterThan(0)
    expect(sizeOf(first)).toBeLessThan(truth.rows)
    // on a fast machine the load may end while the first is built
    expect(sizeOf(second)).toBeGreaterThan(sizeOf(first))
    expect(new Set(watch.readings.map((reading) => reading.generation))).toEqual(new Set([0, 1, 2]))
    await expectTruth(platform)
    await expectExactAllAlong(platform, watch.readings, truth.rows)
  })

  it('ends in a published file that is the truth', async () => {
    expect(sizeOf(await generation(platform))).toBe(truth.rows)
    await expectTruth(platform)
    expect(await notebookAnswers(platform)).toEqual(expected)
  })
})
