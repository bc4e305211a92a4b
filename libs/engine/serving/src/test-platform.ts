// Long because it is a whole platform on memory ports, with generations built by hand, for tests.
import { partitionFor } from '@tidewater/base'
import type { Machine, Row, SlotRow, State } from '@tidewater/plan'
import { encodeValue, movePointer, recordCut, registerGeneration } from '@tidewater/seam'
import type { BatchReader, GenerationCut, GenerationRecord, Lake, ReconcileNote } from '@tidewater/ports'
import type { Pointer } from '@tidewater/seam'
import {
  createMemoryClock,
  createMemoryEventLog,
  createMemoryJobQueue,
  createMemoryStateStore,
  createMemoryWorkerRegistry,
} from '@tidewater/adapter-memory'
import { graphql } from 'graphql'
import { runSpeed } from '@tidewater/engine-speed'
import type { SpeedWorker } from '@tidewater/engine-speed'
import { createServing } from './create-serving.ts'
import type { Serving } from './create-serving.ts'
import type { ServingAdapters } from './serving-ports.ts'
import { presentError } from './errors.ts'
import { PARTITIONS, START, TOPIC, catalog, machines } from './test-catalog.ts'
import type { Sold } from './test-catalog.ts'

export interface PlatformOptions {
  /** Views the speed worker does not know of yet. */
  readonly unmaintained?: readonly string[]
}

/** The platform on memory ports, with generations built by hand as the batch does. */
export const startPlatform = async ({ unmaintained = [] }: PlatformOptions = {}) => {
  const clock = createMemoryClock(START)
  const [log, store, registry] = [
    createMemoryEventLog(clock),
    createMemoryStateStore(),
    createMemoryWorkerRegistry(clock),
  ]
  await log.ensureTopics([{ topic: TOPIC, partitions: PARTITIONS, retentionMs: -1 }])
  const places = Array.from({ length: PARTITIONS }, (_, partition) => ({ topic: TOPIC, partition }))
  const records: GenerationRecord[] = []
  const notes = new Map<string, ReconcileNote>()
  const rows: { partition: number; offset: number; row: Row }[] = []
  let [n, sold] = [0, 0]
  const nonce = (): string => `n${++n}`
  const timers = {
    after: (ms: number, run: () => void) => {
      const t = setTimeout(run, Math.min(ms, 2))
      return () => clearTimeout(t)
    },
  }
  const decode = (value: Uint8Array | null): Row =>
    JSON.parse(new TextDecoder().decode(value ?? new Uint8Array())) as Row
  const startWorker = () =>
    runSpeed(
      { log, store, registry, clock, timers, nonce, newest: async () => records.at(-1) ?? null },
      {
        name: 'speed-1',
        pid: 1,
        commitEveryMs: 1,
        sources: [
          {
            topic: TOPIC,
            time: 'at',
            horizonMs: 3_600_000,
            latenessMs: 60_000,
            decode,
            idOf: (_, row) => String(row['saleId']),
            views: [...machines.values()]
              .filter(({ view }) => !unmaintained.includes(view.name))
              .map((machine) => ({
                machine,
                routed: machine.view.keys[0]?.name === 'shop' && machine.view.keys.length === 1,
              })),
          },
        ],
      },
    )
  let worker: SpeedWorker | null = await startWorker()
  const stopWorker = async (): Promise<void> => {
    await worker?.stop()
    worker = null
  }
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 500; i++) {
      const bounds = await log.bounds(TOPIC)
      const headers = await Promise.all(places.map((place) => store.header(place)))
      const next = headers.map((h) =>
        h === null ? -1 : (JSON.parse(new TextDecoder().decode(h)) as { nextOffset: number }).nextOffset,
      )
      if (bounds.every((b) => next[b.partition] === b.high)) return
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    throw new Error('the speed worker never caught up')
  }
  const sell = async (...sales: readonly Sold[]): Promise<void> => {
    for (const sale of sales) {
      const partition = partitionFor(sale.shop, PARTITIONS)
      const row = { saleId: `s${++sold}`, ...sale, price: Number(sale.price.replace('.', '')) }
      const value = new TextEncoder().encode(JSON.stringify(row))
      const [offset = -1] = await log.append(TOPIC, [{ partition, key: sale.shop, value, headers: {} }])
      rows.push({ partition, offset, row })
    }
    if (worker !== null) await settle()
  }
  /** The newest event of all partitions below their cuts: what SQL drops tiles by. */
  const newestBelow = (below: Pick<Pointer, 'cuts'>, only?: number): number =>
    Math.max(
      ...rows
        .filter(
          ({ partition, offset }) => (only ?? partition) === partition && offset < cutOf(below, partition),
        )
        .map(({ row }) => row['at'] as number),
    )
  /** State of every group of a partition below its cut. */
  const statesBelow = (
    machine: Machine,
    partition: number,
    cut: number,
    trimmedBy: Pick<Pointer, 'cuts'>,
  ): Map<string, { bucket: number; key: string; state: State }> => {
    const states = new Map<string, { bucket: number; key: string; state: State }>()
    for (const { row, offset, partition: own } of rows) {
      const key = machine.keyOf(row)
      if (own !== partition || offset >= cut || key === null) continue
      const bucket = machine.bucketOf(row)
      const group = states.get(`${bucket} ${key}`) ?? { bucket, key, state: machine.zero() }
      machine.add(group.state, row, partition, offset)
      states.set(`${bucket} ${key}`, group)
    }
    for (const { state } of states.values()) machine.trim(state, newestBelow(trimmedBy))
    return states
  }
  const cutOf = (pointer: Pick<Pointer, 'cuts'>, partition: number): number =>
    pointer.cuts.find((c) => c.partition === partition)?.cut ?? 0
  const publish = async (over: Pick<GenerationCut, 'missed'> = {}): Promise<void> => {
    const number = records.length + 1
    const cuts = await Promise.all(
      places.map(async (place) => {
        const change = await recordCut(store, place, { number, newest: records.at(-1) ?? null }, nonce)
        if (change.kind === 'refused') throw new Error(change.reason)
        const own = { ...place, cut: change.header.cuts.find((c) => c.number === number)?.cut ?? 0 }
        const newest = newestBelow({ cuts: [own] }, place.partition)
        return { ...own, newest: Number.isFinite(newest) ? newest : null, ...over }
      }),
    )
    const fingerprints = Object.fromEntries(
      [...machines].map(([name, machine]) => [name, machine.fingerprint]),
    )
    const record: GenerationRecord = {
      number,
      id: `g${number}-x`,
      builtAt: clock.now(),
      cuts,
      fingerprints,
      duckdbFile: null,
      clickhouse: false,
      files: [],
    }
    for (const place of places) {
      for (const machine of machines.values()) {
        if (machine.view.window !== null) continue
        const groups = [
          ...statesBelow(machine, place.partition, cutOf(record, place.partition), record).values(),
        ]
        await store.loadBatch(
          place,
          record.id,
          machine.fingerprint,
          groups.map(({ bucket, key, state }) => ({
            bucket,
            key,
            value: encodeValue(number, (out) => machine.encode(state, out)),
          })),
        )
      }
      await registerGeneration(
        store,
        place,
        { number, id: record.id, cut: cutOf(record, place.partition), strayed: false, lacks: [], parts: [] },
        nonce,
      )
    }
    records.push(record)
    await movePointer(store, { number, id: record.id, cuts, fingerprints, builtAt: record.builtAt })
    await store.notify('generation', record.id)
  }
  const slotRows = (machine: Machine, below: Pick<Pointer, 'cuts'>): SlotRow[] =>
    places.flatMap(({ partition }) =>
      [...statesBelow(machine, partition, cutOf(below, partition), below).values()].flatMap(
        ({ bucket, key, state }) =>
          machine.slotsOf(state, {
            partition,
            bucket,
            keys: machine.layout.stateKeys.length === 1 ? [key] : (JSON.parse(key) as string[]),
          }),
      ),
    )
  const batch: BatchReader = {
    slots: async function* ({ generation, view: name, from, to }) {
      const record = records.find((r) => r.id === generation)
      yield slotRows(machines.get(name) as Machine, record as GenerationRecord)
        .filter(({ bucket }) => bucket >= from && bucket < to)
        .sort((a, b) => a.bucket - b.bucket)
    },
    history: async ({ view: name, offsets, asOf, key }) => {
      const machine = machines.get(name) as Machine
      const kept = rows.filter(({ row }) => (row['at'] as number) <= asOf)
      const hidden = rows.splice(0, rows.length, ...kept)
      const found = slotRows(machine, {
        cuts: offsets.map(({ topic, partition, next }) => ({ topic, partition, cut: next })),
      })
      rows.splice(0, rows.length, ...hidden)
      return key === null ? found : found.filter(({ keys }) => keys[0] === key)
    },
    close: async () => undefined,
  }
  const lake = {
    generations: async () => records,
    reconcileNotes: async () => notes,
    entries: async () => [],
    next: async (place) => (await log.bounds(place.topic))[place.partition]?.high ?? 0,
  } as Pick<Lake, 'generations' | 'reconcileNotes' | 'next' | 'entries'> as Lake
  const openServing = (over: Partial<ServingAdapters> = {}): Promise<Serving> =>
    createServing(
      {
        log,
        store,
        registry,
        clock,
        lake,
        batch,
        jobs: createMemoryJobQueue(),
        letOthersRun: () => Promise.resolve(),
        nonce,
        judgeOf: () => () => ({ kind: 'dead', reason: 'no judge', why: 'invalid' }),
        track: async (_event, data) => ({ accepted: data.length, rejected: [] }),
        ...over,
      },
      catalog,
    )
  const serving = await openServing()
  const ask = async <T = Record<string, never>>(source: string, of = serving): Promise<T> => {
    const { data, errors } = await graphql({
      schema: of.schema,
      source,
      contextValue: { operation: of.begin() },
    })
    const [first] = errors ?? []
    if (first !== undefined)
      throw presentError(first, (cause) => {
        throw cause
      })
    return data as T
  }
  return {
    clock,
    store,
    rows,
    batch,
    serving,
    ask,
    sell,
    publish,
    places,
    nonce,
    records,
    noteReconcile: (note: ReconcileNote) => notes.set(records.at(-1)?.id ?? '', note),
    settle,
    log,
    openServing,
    stopWorker,
    startWorker: async () => {
      worker = await startWorker()
    },
    stop: stopWorker,
  }
}

export const sale = (
  shop: string,
  minute: number,
  price = '1.00',
  country: Sold['country'] = 'FR',
  units = 1,
): Sold => ({ shop, country, at: START - 3_600_000 + minute * 60_000, units, price })

export type MemoryPlatform = Awaited<ReturnType<typeof startPlatform>>

export { PARTITIONS, START, TOPIC } from './test-catalog.ts'
export type { Sold } from './test-catalog.ts'
