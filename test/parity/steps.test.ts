// A generation that goes on from the one before has the slots that a recompute of all records gives, in both warehouses.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRawTables, openClickhouse, openClickhouseWarehouse } from '@tidewater/adapter-clickhouse'
import { openDuckdbWarehouse, openParquetWriter } from '@tidewater/adapter-duckdb'
import { openLake } from '@tidewater/adapter-lake'
import { lineEncoder } from '@tidewater/engine-archive'
import { planGeneration } from '@tidewater/engine-batch'
import type { SlotRow } from '@tidewater/plan'
import type { GenerationRecord, Lake, ParquetWriter, RawTables, Warehouse } from '@tidewater/ports'
import { startClickhouse } from '@tidewater/stack'
import { topicOf, type Catalog } from 'tidewater'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { slotsDifferenceOf } from './compare.ts'
import { catalogOf, machineOf } from './js-answers.ts'
import { caseOf, schemaOf, type Case, type LoggedRow } from './random-case.ts'
import { createRandom, type Random } from './random.ts'

let directory = ''
let writer: ParquetWriter
let server: Awaited<ReturnType<typeof startClickhouse>>
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'steps-'))
  writer = await openParquetWriter({ threads: 1 })
  server = await startClickhouse({ dir: join(directory, 'clickhouse') })
}, 60_000)
afterAll(async () => {
  await writer.close()
  await server.stop()
  await rm(directory, { recursive: true, force: true })
})

interface Opened {
  readonly warehouse: Warehouse
  readonly raw: RawTables | null
}

type Open = (catalog: Catalog, lake: Lake, own: string) => Promise<Opened>

const duckdb: Open = async (catalog, _lake, own) => ({
  warehouse: await openDuckdbWarehouse({ directory: own, catalog, build: 'here', threads: 1 }),
  raw: null,
})
const clickhouse: Open = async (catalog, lake) => {
  const sql = openClickhouse({ url: server.url })
  const raw = createRawTables(sql)
  await raw.prepare([...catalog.events.values()], 'replace')
  return {
    warehouse: openClickhouseWarehouse({ clickhouse: sql, raw, lake, catalog, patienceMs: 5000 }),
    raw,
  }
}

test.each([
  ['DuckDB', duckdb, 30],
  ['ClickHouse', clickhouse, 8],
] as const)(
  'random logs cut into two to five steps, in %s',
  async (name, open, cases) => {
    for (let seed = 0; seed < cases; seed++) {
      const one = caseOf(seed * 7, schemaOf(seed * 7))
      const found = await differenceOf(one, name, open)
      expect(found, `seed ${seed}`).toBeNull()
    }
  },
  600_000,
)

/** Builds generation after generation as steps, then the last one once more of all records. */
const differenceOf = async (one: Case, name: string, open: Open): Promise<unknown> => {
  const random = createRandom(one.seed * 31 + 7)
  const own = join(directory, `${name}-${one.seed}`)
  const lake = await openLake(join(own, 'lake'))
  const machine = machineOf(one)
  const catalog = catalogOf(one)
  const { warehouse, raw } = await open(catalog, lake, join(own, 'published'))
  await archive(one, random, lake, raw)
  const options = { catalog, machines: new Map([[one.view.name, machine]]) }
  const steps = random.int(2, 5)
  let from: GenerationRecord | null = null
  for (let number = 1; number <= steps; number++) {
    const cuts = cutsOf(one, random, from, number === steps)
    const id = `g${number}-step${one.seed}`
    const made = { number, id, builtAt: 0, cuts, fingerprints: {} }
    const { plan } = await planGeneration({ lake }, options, made, from)
    expect(plan.step === null).toBe(from === null)
    await warehouse.build(plan, () => undefined)
    from = { ...made, fingerprints: { [one.view.name]: machine.fingerprint }, ...REST }
  }
  const whole = { number: steps, id: `g${steps}-whole${one.seed}`, builtAt: 0, cuts: from?.cuts ?? [] }
  const { plan } = await planGeneration({ lake }, options, whole, null)
  await warehouse.build(plan, () => undefined)
  const [stepped, all] = [
    await slotsOf(warehouse, from?.id ?? '', one),
    await slotsOf(warehouse, whole.id, one),
  ]
  await warehouse.retire([])
  await warehouse.close()
  return slotsDifferenceOf(one, machine.layout, all, `${name} steps`, stepped)
}

const REST = { duckdbFile: '', clickhouse: true, files: [] }

const partitionsOf = ({ rows }: Case): readonly number[] => [
  ...new Set(rows.map(({ partition }) => partition)),
]

const endOf = ({ rows }: Case, partition: number): number =>
  Math.max(0, ...rows.filter((row) => row.partition === partition).map(({ offset }) => offset + 1))

/** A partition may stand still, and one may not be there yet. */
const cutsOf = (
  one: Case,
  random: Random,
  from: GenerationRecord | null,
  isLast: boolean,
): GenerationRecord['cuts'] => {
  const topic = topicOf(one.schema.event.name)
  return partitionsOf(one).flatMap((partition) => {
    const before = from?.cuts.find((cut) => cut.partition === partition)?.cut ?? 0
    const end = endOf(one, partition)
    if (!isLast && before === 0 && random.chance(0.2)) return []
    return [{ topic, partition, cut: isLast ? end : random.int(before, end) }]
  })
}

/** Entries end anywhere, and now and then wider ones stand in their place, as when they were joined. */
const archive = async (one: Case, random: Random, lake: Lake, raw: RawTables | null): Promise<void> => {
  const { event } = one.schema
  const encode = lineEncoder(event)
  const topic = topicOf(event.name)
  for (const partition of partitionsOf(one)) {
    const rows = one.rows.filter((row) => row.partition === partition)
    const end = endOf(one, partition)
    for (let from = 0; from < end;) {
      const next = random.chance(0.3) ? end : random.int(from + 1, end)
      const own = rows.filter(({ offset }) => offset >= from && offset < next)
      const file = own.length === 0 ? null : lake.temporary()
      if (file !== null)
        await writer.write(
          event,
          own.map((row) => encode(row.row, row)),
          file,
        )
      const counts = { rows: own.length, dead: 0, absent: next - from - own.length, missed: 0 }
      await lake.add({ topic, partition, from, next, level: 0, ...counts, ...timesOf(one, rows, next) }, file)
      if (file !== null && raw !== null) {
        const entry = (await lake.entries(topic)).find(
          (each) => each.partition === partition && each.from === from,
        )
        await raw.load(event, {
          topic,
          partition,
          from,
          next,
          path: lake.path(entry?.file ?? ''),
          horizonFrom: 0,
        })
      }
      from = next
    }
  }
}

const timesOf = (
  { schema }: Case,
  rows: readonly LoggedRow[],
  next: number,
): { readonly lastAppended: number; readonly maxEventTime: number | null } => {
  const below = rows.filter(({ offset }) => offset < next)
  return {
    lastAppended: Math.max(0, ...below.map(({ appendedAt }) => appendedAt)),
    maxEventTime: Math.max(...below.map(({ row }) => Number(row[schema.event.time]))),
  }
}

const slotsOf = async (warehouse: Warehouse, id: string, one: Case): Promise<readonly SlotRow[]> => {
  const rows: SlotRow[] = []
  for (const partition of partitionsOf(one))
    for await (const chunk of warehouse.slots(id, one.view.name, partition)) rows.push(...chunk)
  return rows
}
