import { must } from '@tidewater/base'
import { runSpeed, type SpeedOptions, type SpeedSource, type SpeedWorker } from '@tidewater/engine-speed'
import type { Operator, OperatorPlace, Row, SentRow } from '@tidewater/plan'
import type { LogRecord } from '@tidewater/ports'
import { operatorName, readHeaders } from '@tidewater/seam'
import { count, event, id, instant, int, pick, stream, sum, topicOf, view } from 'tidewater'
import { catalogOf } from 'tidewater/fixture'
import { openTestPlatform, type TestPlatform, type TestPlatformOptions } from './open-test-platform.ts'

const Sale = event('Sale', {
  fields: { saleId: id(), shop: id(), buyer: id(), at: instant(), units: int() },
  key: 'shop',
  time: 'at',
  dedupe: 'saleId',
})
/** Sent by the operator below; the definition is here for the log of its rows. */
const Trio = stream('Trio', {
  from: Sale,
  select: (e) => pick(e, 'buyer', 'shop', 'at', 'units'),
  key: 'buyer',
})
const ByBuyer = view('ByBuyer', {
  from: Trio,
  by: 'buyer',
  measure: (e) => ({ trios: count(), units: sum(e.units) }),
})
const ByShop = view('ByShop', { from: Sale, by: 'shop', measure: () => ({ sales: count() }) })

export const SALES = topicOf('Sale')
export const TRIOS = topicOf('Trio')

export type Sold = {
  readonly saleId: string
  readonly shop: string
  readonly buyer: string
  readonly at: number
  readonly units: number
}

/** Shops and buyers that fall on any partition. */
export const sold = (n: number): Sold => ({
  saleId: `s${n}`,
  shop: `shop${n % 5}`,
  buyer: `buyer${n % 7}`,
  at: 1_000 * n,
  units: n % 11,
})
export const soldFrom = (from: number, to: number): readonly Sold[] =>
  Array.from({ length: to - from }, (_, n) => sold(from + n))

const encoder = new TextEncoder()
const decoder = new TextDecoder()
type Bought = Pick<Sold, 'buyer' | 'units'>

/** Three sales of a shop with at least `least` units make a row for each of their buyers; then nothing is left of them. */
export const trios = (least = 0): Operator => ({
  name: 'Trio',
  fingerprint: `trios${least}`,
  open: () => {
    const open = new Map<string, readonly Bought[]>()
    const changed = new Set<string>()
    let late = 0
    return {
      load: (key, bytes) => void open.set(key, JSON.parse(decoder.decode(bytes)) as Bought[]),
      step: (row: Row, at: OperatorPlace): readonly SentRow[] => {
        const { shop, buyer, units, at: time } = row as unknown as Sold
        if (units < least) {
          late++
          return []
        }
        changed.add(shop)
        const sales = [...(open.get(shop) ?? []), { buyer, units }]
        if (sales.length < 3) {
          open.set(shop, sales)
          return []
        }
        open.delete(shop)
        if (at.offset < 0) throw new Error('a place without offset')
        return sales.map((one) => ({
          key: one.buyer,
          json: JSON.stringify({ buyer: one.buyer, shop, at: time, units: one.units }),
        }))
      },
      changes: () => {
        const keys = [...changed]
        changed.clear()
        return keys.map((key) => {
          const sales = open.get(key)
          return [key, sales === undefined ? null : encoder.encode(JSON.stringify(sales))] as const
        })
      },
      get late() {
        return late
      },
      crowded: 0,
    }
  },
})

/** What the view over the rows must be, by adding up the log's own records in order: knows nothing of commits. */
export const triosOf = (logs: readonly (readonly Sold[])[], least = 0) => {
  const truth: Record<string, { trios: number; units: number }> = {}
  for (const log of logs) {
    const open = new Map<string, Sold[]>()
    for (const one of new Map(log.map((s) => [s.saleId, s])).values()) {
      if (one.units < least) continue
      const sales = open.get(one.shop) ?? []
      open.set(one.shop, sales)
      sales.push(one)
      if (sales.length < 3) continue
      open.delete(one.shop)
      for (const { buyer, units } of sales) {
        const row = (truth[`${buyer}@0`] ??= { trios: 0, units: 0 })
        row.trios++
        row.units += units
      }
    }
  }
  return truth
}

/** The platform with an operator over sales where the stream's own rows would be made. */
export const openTrios = async (options: Omit<TestPlatformOptions, 'catalog'> = {}) => {
  const p = await openTestPlatform({ ...options, catalog: catalogOf([Sale, ByShop, Trio, ByBuyer]) })
  const workers = new Set<SpeedWorker>()
  const sourcesWith = (operators: readonly Operator[]): readonly SpeedSource[] =>
    p.sources.map((source) =>
      source.topic === SALES
        ? { ...source, streams: [], operators: operators.map((operator) => ({ operator, topic: TRIOS })) }
        : source,
    )
  const work = async (
    name: string,
    {
      operators = [trios()],
      ...over
    }: Partial<SpeedOptions> & { readonly operators?: readonly Operator[] } = {},
  ): Promise<SpeedWorker> => {
    const newest = async () => (await p.ports.lake.generations()).at(-1) ?? null
    const running = runSpeed(
      { ...p.ports, log: p.log, newest },
      {
        name,
        pid: 1,
        commitEveryMs: 0,
        stepRecords: 8,
        maxUncommitted: 16,
        sources: sourcesWith(operators),
        ...over,
      },
    )
    const worker = await p.during(running)
    workers.add(worker)
    return worker
  }
  const leave = async (worker: SpeedWorker): Promise<void> => {
    workers.delete(worker)
    await p.during(worker.stop())
  }
  return {
    ...p,
    work,
    leave,
    close: async () => {
      for (const worker of workers) await leave(worker)
      await p.close()
    },
  }
}
export type Trios = Awaited<ReturnType<typeof openTrios>>

/** Until nothing moves any more: all that the logs held is read again, and what is sent of the last record is applied too. */
export const settled = async (
  platform: Pick<TestPlatform, 'settle' | 'until' | 'store' | 'ends'>,
): Promise<void> => {
  for (let round = 0; round < 3; round++) {
    await platform.settle()
    await platform.until(async () => {
      const headers = await readHeaders(platform.store, await platform.ends())
      return headers.every((header) => header?.carried === null)
    })
  }
}

/** Each partition's sales, in the order of the log. */
export const logged = async (platform: TestPlatform): Promise<readonly (readonly Sold[])[]> => {
  const bounds = await platform.log.bounds(SALES)
  const logs: Sold[][] = bounds.map(() => [])
  const reading = await platform.log.read(
    { group: `test-${platform.clock.now()}`, topics: [SALES], maxBytesPerPartition: 1 << 20, maxWaitMs: 10 },
    {
      assigned: async (owned) => owned.map(() => 0),
      revoked: () => undefined,
      batch: async ({ partition, records }) =>
        void must(logs[partition], 'partition').push(...records.map(soldIn)),
    },
  )
  const wanted = bounds.reduce((sum, { low, high }) => sum + high - low, 0)
  await platform.until(() => logs.flat().length === wanted)
  await reading.stop()
  return logs
}

const soldIn = ({ value }: LogRecord): Sold => JSON.parse(decoder.decode(value ?? undefined)) as Sold

/** Keys of an operator's state by partition. */
export const keptBy = async (
  platform: TestPlatform,
  operator: Operator,
): Promise<readonly (readonly string[])[]> => {
  const whole = {
    fingerprint: operatorName(operator.fingerprint),
    generation: null,
    select: { kind: 'all' },
  } as const
  const partitions = (await platform.log.bounds(SALES)).map(({ partition }) => partition)
  return Promise.all(
    partitions.map(async (partition) => {
      const { parts } = await platform.store.read({ topic: SALES, partition }, [whole])
      return (parts[0]?.speed ?? []).map(({ key }) => key).sort()
    }),
  )
}
