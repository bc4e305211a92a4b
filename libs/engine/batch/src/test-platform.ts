// Long because it is a whole platform on memory ports with a failpoint at every step, for tests.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDuckdbWarehouse, openParquetWriter } from '@tidewater/adapter-duckdb'
import { openLake } from '@tidewater/adapter-lake'
import { lineEncoder, runArchive, type RunningArchive } from '@tidewater/engine-archive'
import { compileView, type Machine, type Row, type State } from '@tidewater/plan'
import {
  type Lake,
  type OffsetVector,
  type ParquetWriter,
  type RawTables,
  type ServedRow,
  type ServedView,
  type ServingReader,
  type StateStore,
  type Timers,
  type TopicPartition,
  type Warehouse,
} from '@tidewater/ports'
import {
  checkHeader,
  decodeHeader,
  encodeHeader,
  ensureGenesis,
  GENESIS,
  protocol,
  readPointer,
  readSlices,
  type Pointer,
} from '@tidewater/seam'
import {
  createMemoryClock,
  createMemoryEventLog,
  createMemoryStateStore,
  createMemoryWorkerRegistry,
} from '@tidewater/adapter-memory'
import {
  buildCatalog,
  count,
  decimal,
  definitionOf,
  event,
  id,
  instant,
  latest,
  minutes,
  hours,
  oneOf,
  sum,
  topicOf,
  tumbling,
  view,
} from 'tidewater'
import type { BatchOptions, BatchPorts } from './batch-ports.ts'

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

export const catalog = buildCatalog(
  [Sale, ShopTotals, SalesByMinute].map((made) => ({
    definition: must(definitionOf(made)),
    source: 'test-platform.ts',
  })),
)
/** The same with another definition of SalesByMinute. */
export const changedCatalog = (): Pick<BatchOptions, 'catalog' | 'machines'> => {
  const Changed = view('SalesByMinute', {
    from: Sale,
    by: 'kind',
    window: tumbling(minutes(1)),
    measure: () => ({ sales: count() }),
  })
  const changed = buildCatalog(
    [Sale, ShopTotals, Changed].map((made) => ({
      definition: must(definitionOf(made)),
      source: 'test-platform.ts',
    })),
  )
  const compiled = [...changed.views.values()].map((of) => [of.name, compileView(of, changed)] as const)
  return { catalog: changed, machines: new Map(compiled) }
}
export const TOPIC = topicOf('Sale')
const PARTITIONS = 2
export const places: readonly TopicPartition[] = Array.from({ length: PARTITIONS }, (_, partition) => ({
  topic: TOPIC,
  partition,
}))
export const machines: ReadonlyMap<string, Machine> = new Map(
  [...catalog.views.values()].map((definition) => [definition.name, compileView(definition, catalog)]),
)

function must<T>(value: T | undefined | null): T {
  if (value === undefined || value === null) throw new Error('missing')
  return value
}

export const timers: Timers = {
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}

export interface Record {
  readonly row: Row
  readonly id: string
  readonly partition: number
  readonly offset: number
}

/** A second SQL engine beside DuckDB, with the raw tables it reads. */
export interface SqlServer {
  readonly raw: RawTables
  readonly open: (lake: Lake) => Warehouse
}

/** Everything a generation needs in one process, with an archiver, and in place of speed workers a hand that moves the headers. */
export const openPlatform = async (sql: SqlServer | null = null) => {
  const directory = await mkdtemp(join(tmpdir(), 'batch-'))
  const clock = createMemoryClock(Date.UTC(2026, 0, 1))
  const log = createMemoryEventLog(clock)
  await log.ensureTopics([
    { topic: TOPIC, partitions: PARTITIONS, retentionMs: -1 },
    { topic: `${TOPIC}.dead`, partitions: 1, retentionMs: -1 },
  ])
  const lake: Lake = await openLake(join(directory, 'lake'))
  const writer: ParquetWriter = await openParquetWriter({ threads: 1 })
  const published = join(directory, 'published')
  const openWarehouse = (): Promise<Warehouse> =>
    openDuckdbWarehouse({ directory: published, catalog, build: 'here', threads: 1 })
  let store: StateStore = createMemoryStateStore()
  let nonces = 0
  const nonce = () => `n${++nonces}`
  const records: Record[] = []
  const warehouses = [await openWarehouse(), ...(sql === null ? [] : [sql.open(lake)])]
  const archive: RunningArchive = await runArchive(
    {
      log,
      lake,
      writer,
      store: { notify: (...a) => store.notify(...a), listen: (...a) => store.listen(...a) },
      raw: sql?.raw ?? null,
      registry: createMemoryWorkerRegistry(clock),
      clock,
      timers,
    },
    {
      name: 'archive-1',
      pid: 1,
      limits: { rows: 40, bytes: 1e9, ms: 30, heldBytes: 1e9 },
      warn: () => undefined,
      events: [...catalog.events.values()].map((definition) => ({
        event: definition,
        line: lineEncoder(definition),
        judge: (record) => ({
          kind: 'row' as const,
          row: JSON.parse(new TextDecoder().decode(record.value ?? new Uint8Array())) as Row,
          id: String(record.headers['id']),
        }),
      })),
    },
  )
  const ports = (): BatchPorts => ({ log, store, lake, writer, warehouses, clock, timers, nonce })
  const warnings: string[] = []
  const options: BatchOptions = {
    catalog,
    machines,
    warn: (sentence, cause) =>
      void warnings.push(`${sentence}: ${cause instanceof Error ? cause.message : String(cause)}`),
  }

  /** Appends rows; every seventh is sent again, as a retrying client does. */
  const produce = async (n: number): Promise<void> => {
    for (let i = 0; i < n; i++) {
      const again = i % 7 === 6
      const earlier = records.at(-1)
      const at = clock.now() - (i % 5) * 1000
      const fresh = {
        shop: `shop${i % 4}`,
        at,
        kind: i % 3 === 0 ? 'cash' : 'card',
        amount: i % 4 === 0 ? null : i * 7,
      } as unknown as Row
      const row = again && earlier !== undefined ? earlier.row : fresh
      const sent = again && earlier !== undefined ? earlier.id : `id${records.length}`
      const partition = again && earlier !== undefined ? earlier.partition : i % PARTITIONS
      const value = new TextEncoder().encode(JSON.stringify(row))
      const [offset] = await log.append(TOPIC, [{ partition, key: 'k', value, headers: { id: sent } }])
      records.push({ row, id: sent, partition, offset: offset ?? 0 })
      clock.advance(1700)
    }
  }

  /** Appends one row to a partition. */
  const send = async (partition: number, shop: string): Promise<void> => {
    const row = { shop, at: clock.now(), kind: 'cash', amount: 5 } as unknown as Row
    const sent = `id${records.length}`
    const value = new TextEncoder().encode(JSON.stringify(row))
    const [offset] = await log.append(TOPIC, [{ partition, key: 'k', value, headers: { id: sent } }])
    records.push({ row, id: sent, partition, offset: offset ?? 0 })
  }

  /** What speed workers do to the headers: all records of the log are applied (their state is not needed here). */
  const apply = async (): Promise<void> => {
    await ensureGenesis({ store, log, nonce }, places, (await lake.generations()).at(-1) ?? null)
    for (const { partition, high } of await log.bounds(TOPIC)) {
      const place = { topic: TOPIC, partition }
      const stored = must(await store.header(place))
      const progress = {
        nextOffset: high,
        maxEventTime: null,
        lastAppended: 0,
        carried: null,
        fingerprints: [...machines.values()].map((m) => m.fingerprint),
        passed: { read: 0, applied: 0, duplicate: 0, dead: 0 },
      }
      const next = encodeHeader(protocol.commitHeader(decodeHeader(stored), progress, nonce()))
      await store.commit(place, { expected: stored, next, writes: [], seen: [] })
    }
  }

  return {
    ports,
    options,
    log,
    lake,
    clock,
    warnings,
    produce,
    send,
    apply,
    openWarehouse,
    published,
    records,
    store: () => store,
    loseStore: () => {
      store = createMemoryStateStore()
    },
    close: async () => {
      await archive.stop()
      for (const warehouse of warehouses) await warehouse.close()
      await writer.close()
      await log.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

export type Platform = Awaited<ReturnType<typeof openPlatform>>

/** The batch part a reader would use now, by key, each key presented; throws when any partition contradicts the pointer. */
export const batchAnswer = async (
  platform: Platform,
  viewName: string,
  asOf: number,
): Promise<{ pointer: Pointer; rows: Map<string, unknown> }> => {
  const machine = must(machines.get(viewName))
  const pointer = must(await readPointer(platform.store()))
  const states = new Map<string, State>()
  for (const place of places) {
    const read = {
      fingerprint: machine.fingerprint,
      generation: pointer.id,
      select: { kind: 'all' as const },
    }
    const answer = await platform.store().read(place, [read])
    const check = checkHeader(answer.header === null ? null : decodeHeader(answer.header), pointer, place)
    if (check.kind === 'stale') throw new Error(`${place.partition} is ${check.why}`)
    for (const { key, value } of answer.parts[0]?.batch ?? [])
      for (const { start, end } of readSlices(value)) {
        const state = machine.decode(value, start, end)
        const before = states.get(key)
        if (before === undefined) states.set(key, state)
        else machine.merge(before, state)
      }
  }
  return { pointer, rows: presented(machine, states, asOf) }
}

/** The same by adding the records below the pointer's cuts one after the other, each id once. */
export const truth = (
  records: readonly Record[],
  pointer: Pointer,
  viewName: string,
  asOf: number,
): Map<string, unknown> => {
  const machine = must(machines.get(viewName))
  const states = statesBelow(records, pointer, machine)
  return presented(
    machine,
    new Map([...states].map(([group, state]) => [(JSON.parse(group) as [number, string])[1], state])),
    asOf,
  )
}

/** States by JSON of [bucket, key]. */
const statesBelow = (
  records: readonly Record[],
  pointer: Pick<Pointer, 'cuts'>,
  machine: Machine,
): Map<string, State> => {
  const states = new Map<string, State>()
  const seen = new Set<string>()
  for (const { row, id: envelope, partition, offset } of records) {
    const cut = pointer.cuts.find((c) => c.partition === partition)?.cut ?? 0
    if (offset >= cut || seen.has(`${partition}/${envelope}`)) continue
    seen.add(`${partition}/${envelope}`)
    const group = JSON.stringify([machine.bucketOf(row), must(machine.keyOf(row))])
    const state = states.get(group) ?? machine.zero()
    states.set(group, state)
    machine.add(state, row, partition, offset)
  }
  return states
}

const presented = (
  machine: Machine,
  states: ReadonlyMap<string, State>,
  asOf: number,
): Map<string, unknown> =>
  new Map(
    [...states]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, state]) => [key, machine.present(state, asOf)]),
  )

/** What an exact serving layer answers at these offsets: every group of a view, by adding records one after the other. */
export const servedTruth = (platform: Platform, viewName: string, offsets: OffsetVector): ServedView => {
  const machine = must(machines.get(viewName))
  const asOf = platform.clock.now()
  const pointer = { ...GENESIS, cuts: offsets.map(({ next, ...place }) => ({ ...place, cut: next })) }
  const rows: ServedRow[] = []
  for (const [group, state] of statesBelow(platform.records, pointer, machine)) {
    const measures = machine.present(state, asOf)
    const [bucket, key] = JSON.parse(group) as [number, string]
    if (measures === null) continue
    const windowed = machine.view.window !== null
    rows.push({
      keys: machine.presentKeys(key),
      start: windowed ? bucket : null,
      end: windowed ? machine.bucketEnd(bucket) : null,
      measures,
    })
  }
  return { rows, offsets, asOf, degraded: [] }
}

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
