import type { Lake, LakeEntry, LoadedRows, RawTables, Timers, TopicPartition } from '@tidewater/ports'
import type { EventDefinition } from 'tidewater'
import { horizonStart, nextLoad } from './plan-load.ts'

export interface RawLoaderPorts {
  readonly lake: Lake
  readonly raw: RawTables
  readonly timers: Timers
}

export interface RawLoader {
  /** The partitions to load from now on; the others belong to other archivers. */
  own(places: readonly TopicPartition[]): void
  /** There may be new entries. `recount` looks again at what the tables really hold. */
  wake(how: 'new' | 'recount'): void
  stop(): Promise<void>
  readonly counters: { rows_loaded: number; raw_retries: number; raw_repairs: number }
}

const LONGEST_WAIT_MS = 30_000

/**
 * Brings lake entries into the raw tables: in order per partition, one entry one insert. A warehouse that is away is tried
 * again with growing waits and never holds up the lake.
 */
export const createRawLoader = (
  ports: RawLoaderPorts,
  events: ReadonlyMap<string, EventDefinition>,
  failed: (error: unknown) => void,
): RawLoader => {
  const counters = { rows_loaded: 0, raw_retries: 0, raw_repairs: 0 }
  const known = new Map<string, LoadedRows>()
  let owned: readonly TopicPartition[] = []
  let running: Promise<void> | null = null
  let again = false
  let stopped = false
  let prepared = false
  let failures = 0
  let cancel: () => void = () => undefined

  const pass = async (): Promise<void> => {
    if (!prepared) await ports.raw.prepare([...events.values()])
    prepared = true
    for (const place of owned) {
      const event = events.get(place.topic)
      if (event === undefined || stopped) continue
      await loadPartition(ports, event, place, known, counters)
    }
  }
  const loop = async (): Promise<void> => {
    do {
      again = false
      try {
        await pass()
        failures = 0
      } catch (error) {
        known.clear()
        counters.raw_retries++
        failed(error)
        cancel()
        cancel = ports.timers.after(Math.min(LONGEST_WAIT_MS, 500 * 2 ** failures++), start)
        return
      }
    } while (again && !stopped)
  }
  const start = (): void => {
    again = true
    if (stopped || running !== null) return
    running = loop().finally(() => {
      running = null
    })
  }

  return {
    own: (places) => {
      owned = places
      known.clear()
      start()
    },
    wake: (how) => {
      if (how === 'recount') known.clear()
      // While the warehouse is away the waiting timer alone decides when to try again.
      if (failures === 0) start()
    },
    stop: async () => {
      stopped = true
      cancel()
      await running
    },
    counters,
  }
}

const loadPartition = async (
  { lake, raw }: RawLoaderPorts,
  event: EventDefinition,
  place: TopicPartition,
  known: Map<string, LoadedRows>,
  counters: RawLoader['counters'],
): Promise<void> => {
  const key = `${place.topic}/${place.partition}`
  const entries = (await lake.entries(place.topic)).filter((entry) => entry.partition === place.partition)
  let loaded = known.get(key) ?? (await raw.loaded(event, place.partition))
  for (;;) {
    const step = nextLoad(entries, loaded)
    if (step.kind === 'done') break
    if (step.kind === 'repair') {
      counters.raw_repairs++
      await repair(raw, event, place.partition, entries)
      loaded = await raw.loaded(event, place.partition)
      if (nextLoad(entries, loaded).kind === 'repair')
        throw new Error(`rows of ${key} do not add up after a repair`)
      continue
    }
    const { entry, from, after } = step
    if (entry.file === null) throw new Error(`entry ${entry.from} of ${key} has rows and no file`)
    const horizonFrom = horizonStart(entries, entry, event.horizonMs)
    await raw.load(event, { ...place, from, next: entry.next, path: lake.path(entry.file), horizonFrom })
    counters.rows_loaded += after.rows - loaded.rows
    loaded = after
  }
  known.set(key, loaded)
}

/** Deletes from the first entry on whose rows are not all there, so that loading can go on from it. */
const repair = async (
  raw: RawTables,
  event: EventDefinition,
  partition: number,
  entries: readonly LakeEntry[],
): Promise<void> => {
  for (const entry of entries)
    if ((await raw.count(event, partition, entry.from, entry.next)) !== entry.rows)
      return raw.truncate(event, partition, entry.from)
  return raw.truncate(event, partition, entries.at(-1)?.next ?? 0)
}
