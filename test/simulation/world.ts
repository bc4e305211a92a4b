import { must, partitionFor } from '@tidewater/base'
import { compileView, type Machine, type Row } from '@tidewater/plan'
import type { LogBounds, LogRecord, TopicPartition } from '@tidewater/ports'
import type { SpeedSource } from '@tidewater/engine-speed'
import {
  buildCatalog,
  count,
  definitionOf,
  event,
  hours,
  id,
  instant,
  int,
  latest,
  minutes,
  sum,
  topicOf,
  tumbling,
  view,
} from 'tidewater'
import type { ViewDefinition } from 'tidewater'
import type { Random } from '../parity/random.ts'

const Sale = event('Sale', {
  fields: { saleId: id(), shop: id(), at: instant(), units: int() },
  key: 'shop',
  time: 'at',
  dedupe: 'saleId',
  horizon: hours(1),
})
const ByShop = view('ByShop', {
  from: Sale,
  by: 'shop',
  measure: (e) => ({ sales: count(), units: sum(e.units), last: latest(e.units) }),
})
const ByHour = view('ByHour', {
  from: Sale,
  by: 'shop',
  window: tumbling(minutes(30)),
  measure: (e) => ({ sales: count(), units: sum(e.units) }),
})

export const catalog = buildCatalog(
  [Sale, ByShop, ByHour].map((d) => ({
    definition: must(definitionOf(d), 'definition'),
    source: 'world.ts',
  })),
)
const compiled = [ByShop, ByHour].map((v) => compileView(definitionOf(v) as ViewDefinition, catalog))
export const machines: ReadonlyMap<string, Machine> = new Map(
  compiled.map((machine) => [machine.view.name, machine]),
)
export const TOPIC = topicOf('Sale')
export const HORIZON_MS = hours(1).ms
export const PARTITIONS = 3
export const SHOPS = ['a', 'b', 'c', 'd']
export const places: readonly TopicPartition[] = Array.from({ length: PARTITIONS }, (_, partition) => ({
  topic: TOPIC,
  partition,
}))

/** A record as it was meant, beside its bytes; null: it is no sale. */
export interface Sent extends LogRecord {
  readonly row: Row | null
}

export const source: SpeedSource = {
  topic: TOPIC,
  time: 'at',
  horizonMs: HORIZON_MS,
  latenessMs: minutes(10).ms,
  decode: (value) => (value === null ? null : (JSON.parse(new TextDecoder().decode(value)) as Row)),
  idOf: (_, row) => String(row['saleId']),
  views: compiled.map((machine) => ({ machine, routed: true, keyless: false })),
}

/** The log and the clock of its broker, which sometimes steps back. */
export interface World {
  readonly log: readonly Sent[][]
  /** A new sale, now and then of a shop whose home is another partition, now and then no sale at all. */
  produce(): void
  /** A copy of an earlier record: most are recent, some come after the horizon and count again. */
  repeat(): void
  bounds(): Promise<readonly LogBounds[]>
}

export const createWorld = (random: Random): World => {
  const log: Sent[][] = places.map(() => [])
  let clock = Date.UTC(2026, 0, 1)
  let made = 0
  const append = (partition: number, row: Row | null): void => {
    clock += random.int(-20, 90) * 3_000
    const value = row === null ? null : new TextEncoder().encode(JSON.stringify(row))
    const records = must(log[partition], 'partition')
    records.push({ offset: records.length, appendedAt: clock, key: null, value, headers: {}, row })
  }
  return {
    log,
    produce: () => {
      const shop = random.pick(SHOPS)
      const home = partitionFor(shop, PARTITIONS)
      const partition = random.chance(0.1) ? random.int(0, PARTITIONS - 1) : home
      const at = clock - random.int(0, 120) * 60_000
      append(
        partition,
        random.chance(0.04) ? null : { saleId: `s${++made}`, shop, at, units: random.int(-5, 20) },
      )
    },
    repeat: () => {
      const partition = random.int(0, PARTITIONS - 1)
      const records = must(log[partition], 'partition')
      if (records.length === 0) return
      const back = random.chance(0.3)
        ? random.int(1, records.length)
        : random.int(1, Math.min(12, records.length))
      append(partition, must(records[records.length - back], 'record').row)
    },
    bounds: async () => log.map((records, partition) => ({ partition, low: 0, high: records.length })),
  }
}

/** Semantics I2 written down as it is said: the rows that count among the first `next` of a partition. */
export const counted = (
  records: readonly Sent[],
  next: number,
): readonly { readonly row: Row; readonly offset: number }[] => {
  const lastCopy = new Map<unknown, number>()
  const found: { readonly row: Row; readonly offset: number }[] = []
  let appended = 0
  for (const { row, offset, appendedAt } of records.slice(0, next)) {
    appended = Math.max(appended, appendedAt)
    if (row === null) continue
    const before = lastCopy.get(row['saleId'])
    lastCopy.set(row['saleId'], appended)
    if (before === undefined || before < appended - HORIZON_MS) found.push({ row, offset })
  }
  return found
}
