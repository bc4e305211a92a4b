import { compileView, type Machine, type Row, type State } from '@tidewater/plan'
import { type GenerationRecord, type StateStore } from '@tidewater/ports'
import { readPointer, readView, readSlices } from '@tidewater/seam'
import {
  createMemoryClock,
  createMemoryEventLog,
  createMemoryStateStore,
  createMemoryWorkerRegistry,
} from '@tidewater/adapter-memory'
import {
  buildCatalog,
  count,
  definitionOf,
  event,
  id,
  instant,
  int,
  minutes,
  sum,
  tumbling,
  view,
} from 'tidewater'
import type { Definition, ViewDefinition } from 'tidewater'
import { runSpeed, type SpeedOptions, type SpeedWorker } from './run-speed.ts'
import type { SpeedSource } from './speed-source.ts'

const Sale = event('Sale', {
  fields: { saleId: id(), shop: id(), at: instant(), units: int() },
  key: 'shop',
  time: 'at',
  dedupe: 'saleId',
})
const ByShop = view('ByShop', {
  from: Sale,
  by: 'shop',
  measure: (e) => ({ sales: count(), units: sum(e.units) }),
})
const ByMinute = view('ByMinute', {
  from: Sale,
  by: 'shop',
  window: tumbling(minutes(1)),
  measure: () => ({ sales: count() }),
})
const catalog = buildCatalog(
  [Sale, ByShop, ByMinute].map((d) => ({ definition: definitionOf(d) as Definition, source: 'test' })),
)
export const [byShop, byMinute] = [ByShop, ByMinute].map((v) =>
  compileView(definitionOf(v) as ViewDefinition, catalog),
) as [Machine, Machine]

export const source: SpeedSource = {
  topic: 'event.sale',
  time: 'at',
  horizonMs: 3_600_000,
  latenessMs: 60_000,
  decode: (value) =>
    value === null || value.length === 0 ? null : (JSON.parse(new TextDecoder().decode(value)) as Row),
  idOf: (_, row) => String(row['saleId']),
  views: [byShop, byMinute].map((machine) => ({ machine, routed: true, keyless: false })),
}
export const sale = (n: number, shop: string, partition: number, saleId = `s${n}`) => ({
  partition,
  key: shop,
  headers: {},
  value: new TextEncoder().encode(JSON.stringify({ saleId, shop, at: n * 10_000, units: n })),
})

/** A platform of memory ports; timers fire at once when told. */
export const platform = async (partitions = 2, newest: GenerationRecord | null = null) => {
  const clock = createMemoryClock(1_000_000)
  const log = createMemoryEventLog(clock)
  const store = createMemoryStateStore()
  const registry = createMemoryWorkerRegistry(clock)
  await log.ensureTopics([{ topic: source.topic, partitions, retentionMs: -1 }])
  let n = 0
  const waits: number[] = []
  const ports = {
    log,
    store,
    registry,
    clock,
    nonce: () => `n${++n}`,
    newest: async () => newest,
    timers: {
      after: (ms: number, run: () => void) => {
        waits.push(ms)
        const t = setTimeout(run, Math.min(ms, 5))
        return () => clearTimeout(t)
      },
    },
  }
  const alarms: string[] = []
  const start = (name: string, more: Partial<SpeedOptions> = {}): Promise<SpeedWorker> =>
    runSpeed(ports, {
      name,
      pid: 1,
      sources: [source],
      commitEveryMs: 1,
      onAlarm: (a) => alarms.push(a.code),
      ...more,
    })
  return { ...ports, store, start, alarms, waits }
}
export type Platform = Awaited<ReturnType<typeof platform>>

export const measures = async (
  store: StateStore,
  machine: Machine,
  partitions = 2,
): Promise<Record<string, unknown>> => {
  const places = Array.from({ length: partitions }, (_, partition) => ({ topic: source.topic, partition }))
  const pointers = { cached: () => readPointer(store), fresh: () => readPointer(store) }
  const reads = [{ fingerprint: machine.fingerprint, generation: null, select: { kind: 'all' as const } }]
  const { partitions: found } = await readView(store, pointers, () =>
    places.map((place) => ({ place, reads })),
  )
  const states = new Map<string, State>()
  for (const { parts } of found) {
    for (const { bucket, key, value } of parts[0]?.speed ?? []) {
      const state = states.get(`${key}@${bucket}`) ?? machine.zero()
      for (const { start, end } of readSlices(value)) machine.merge(state, machine.decode(value, start, end))
      states.set(`${key}@${bucket}`, state)
    }
  }
  return Object.fromEntries([...states].map(([key, state]) => [key, machine.present(state, 1_000_000)]))
}
export const settled = async (platform: Platform, worker: SpeedWorker): Promise<void> => {
  for (let i = 0; i < 400; i++) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    const bounds = await platform.log.bounds(source.topic)
    const { partitions } = worker.status()
    const all = bounds.every(
      (b) => partitions.find((s) => s.place.partition === b.partition)?.position === b.high,
    )
    const headers = await Promise.all(
      bounds.map(({ partition }) => platform.store.header({ topic: source.topic, partition })),
    )
    const stored = headers.map((h) =>
      h === null ? -1 : (JSON.parse(new TextDecoder().decode(h)) as { nextOffset: number }).nextOffset,
    )
    if (all && bounds.every((b, n) => stored[n] === b.high)) return
  }
  throw new Error(`never settled: ${JSON.stringify(worker.status())}`)
}
