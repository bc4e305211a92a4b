import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDuckdb, openParquetWriter } from '@tidewater/adapter-duckdb'
import { openLake } from '@tidewater/adapter-lake'
import { lineEncoder } from '@tidewater/engine-archive'
import type { Lake, NewLakeEntry, ParquetWriter } from '@tidewater/ports'
import { decimal, definitionOf, event, id, instant, topicOf, type EventDefinition } from 'tidewater'
import { compact } from '@tidewater/engine-batch'

const fields = { shop: id(), at: instant() }
const rest = { key: 'shop', time: 'at' } as const
const eventWith = (tip: ReturnType<typeof decimal> | null): EventDefinition =>
  definitionOf(
    event('Sale', { fields: tip === null ? fields : { ...fields, tip: tip.optional() }, ...rest }),
  ) as EventDefinition
const [Plain, Wide, Narrow] = [eventWith(null), eventWith(decimal(12, 3)), eventWith(decimal(12, 2))]
const TOPIC = topicOf('Sale')

let directory = ''
let lake: Lake
let writer: ParquetWriter
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'compact-'))
  lake = await openLake(join(directory, 'lake'))
  writer = await openParquetWriter({ threads: 1 })
})
afterAll(async () => {
  await writer.close()
  await rm(directory, { recursive: true, force: true })
})

const entryOf = (from: number, next: number): NewLakeEntry => ({
  ...{ topic: TOPIC, partition: 0, from, next, level: 0, rows: next - from, dead: 0, absent: 0, missed: 0 },
  ...{ lastAppended: next, maxEventTime: next },
})

test('a worker of any other definition compacts without touching a column or a digit', async () => {
  let offset = 0
  const archive = async (definition: EventDefinition, tip: number): Promise<void> => {
    const file = lake.temporary()
    const row = { shop: 's', at: offset, ...(definition === Plain ? {} : { tip }) }
    const line = lineEncoder(definition)(row, { id: 'i', partition: 0, offset, appendedAt: 1 })
    await writer.write(definition, [line], file)
    await lake.add(entryOf(offset, ++offset), file)
  }
  for (let n = 0; n < 20; n++) await archive(Wide, 2_555)
  await compact({ lake, writer }, Plain, () => offset)
  for (let n = 0; n < 20; n++) await archive(Narrow, 100)
  await compact({ lake, writer }, Plain, () => offset)
  for (let n = 0; n < 3; n++) await archive(Plain, 0)
  await compact({ lake, writer }, Narrow, () => offset)
  for (let n = 0; n < 2; n++) await archive(Wide, 2_555)
  for (let n = 0; n < 2; n++) await archive(Narrow, 100)
  await compact({ lake, writer }, Plain, () => offset)

  const entries = await lake.entries(TOPIC)
  expect(entries.length).toBe(5)
  const engine = await openDuckdb({ path: ':memory:' })
  const sums = await Promise.all(
    entries.map(({ file }) =>
      engine.query(`SELECT * FROM (SELECT sum(tip)::DECIMAL(12,3) AS tips FROM (
        SELECT NULL::DECIMAL(12,3) AS tip WHERE false
        UNION ALL BY NAME FROM read_parquet('${lake.path(file ?? '')}')))`),
    ),
  )
  await engine.close()
  // 20 × 2.555 and 20 × 1.00, then two of each, in thousandths.
  expect(sums.flat().map((row) => row['tips'])).toEqual([51_100, 20_000, null, 5_110, 2_000])
})
