import { PlatformError } from '@tidewater/base'
import type { Lake, LakeEntry, LoadedRows, RawTables, Timers, TopicPartition } from '@tidewater/ports'
import type { EventDefinition } from 'tidewater'
import { patientLoop } from './patient-loop.ts'
import { horizonStart, nextLoad } from './plan-load.ts'

export interface RawLoaderPorts {
  readonly lake: Pick<Lake, 'entries' | 'path'>
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

/**
 * Brings lake entries into the raw tables: in order per partition, one entry one insert. A warehouse that is away is tried
 * again with growing waits and never holds up the lake.
 */
export const createRawLoader = (
  ports: RawLoaderPorts,
  events: ReadonlyMap<string, EventDefinition>,
  failed: (error: unknown) => void,
  broken: (error: unknown) => void,
): RawLoader => {
  const counters = { rows_loaded: 0, raw_retries: 0, raw_repairs: 0 }
  const known = new Map<string, LoadedRows>()
  let owned: readonly TopicPartition[] = []
  let prepared = false
  /** What was counted before the last of these is not to be relied on. */
  let recounts = 0
  const recount = (): void => {
    recounts++
    known.clear()
  }
  const pass = async (): Promise<void> => {
    if (!prepared) await ports.raw.prepare([...events.values()], 'replace')
    prepared = true
    for (const place of owned) {
      const event = events.get(place.topic)
      const isOurs = (): boolean => !loop.stopped && owned.includes(place)
      if (event === undefined || !isOurs()) continue
      const key = `${place.topic}/${place.partition}`
      const before = recounts
      const loaded = await loadPartition(ports, { event, place, counters, isOurs }, known.get(key))
      if (isOurs() && before === recounts) known.set(key, loaded)
    }
  }
  const loop = patientLoop(ports.timers, pass, {
    broken,
    failed: (error) => {
      recount()
      counters.raw_retries++
      failed(error)
    },
  })
  return {
    own: (places) => {
      owned = places
      recount()
      loop.start()
    },
    wake: (how) => {
      if (how === 'recount') recount()
      loop.wake()
    },
    stop: () => loop.stop(),
    counters,
  }
}

interface PartitionLoad {
  readonly event: EventDefinition
  readonly place: TopicPartition
  readonly counters: RawLoader['counters']
  /** False from the moment on in which the partition is another archiver's: nothing more is deleted or loaded. */
  readonly isOurs: () => boolean
}

const entriesOf = async (lake: RawLoaderPorts['lake'], place: TopicPartition) =>
  (await lake.entries(place.topic)).filter((entry) => entry.partition === place.partition)

/** Loads what a raw table lacks of a partition; answers what it holds then, as far as this loader knows. */
const loadPartition = async (
  ports: RawLoaderPorts,
  load: PartitionLoad,
  known: LoadedRows | undefined,
): Promise<LoadedRows> => {
  const { event, place, counters, isOurs } = load
  const { lake, raw } = ports
  let loaded = known ?? (await raw.loaded(event, place.partition))
  // Asked after the rows: whoever loaded one had its entry first, so none of them looks as if it had none.
  let entries = await entriesOf(lake, place)
  let repaired = false
  for (;;) {
    const step = nextLoad(entries, loaded)
    if (step.kind === 'done' || !isOurs()) return loaded
    if (step.kind === 'load') {
      await loadEntry(ports, load, entries, step.entry, step.from)
      counters.rows_loaded += step.after.rows - loaded.rows
      loaded = step.after
      continue
    }
    if (repaired) throw doNotAddUp(place)
    repaired = true
    counters.raw_repairs++
    await repair(ports, load, entries, loaded)
    loaded = await raw.loaded(event, place.partition)
    entries = await entriesOf(lake, place)
  }
}

const loadEntry = async (
  { lake, raw }: RawLoaderPorts,
  { event, place }: PartitionLoad,
  entries: readonly LakeEntry[],
  entry: LakeEntry,
  from: number,
): Promise<void> => {
  const { topic, partition } = place
  if (entry.file === null)
    throw new Error(`entry ${entry.from} of ${topic}/${partition} has rows and no file`)
  const horizonFrom = horizonStart(entries, entry, event.horizonMs)
  const path = lake.path(entry.file)
  await raw.load(event, { topic, partition, from, next: entry.next, path, horizonFrom })
}

/**
 * Loads the entries again whose rows are not all there once. Never deletes beyond what was counted: another archiver, if the
 * partition is its own meanwhile, may have loaded more.
 */
const repair = async (
  ports: RawLoaderPorts,
  load: PartitionLoad,
  entries: readonly LakeEntry[],
  loaded: LoadedRows,
): Promise<void> => {
  const { event, place, isOurs } = load
  const { raw } = ports
  for (const entry of entries.filter(({ from }) => from < loaded.next)) {
    const count = await raw.count(event, place.partition, entry.from, entry.next)
    if (count === entry.rows) continue
    if (!isOurs()) return
    await raw.remove(event, place.partition, entry.from, entry.next)
    if (entry.rows > 0) await loadEntry(ports, load, entries, entry, entry.from)
  }
  const end = entries.at(-1)?.next ?? 0
  if (loaded.next > end && isOurs()) await raw.remove(event, place.partition, end, loaded.next)
}

const doNotAddUp = ({ topic, partition }: TopicPartition): PlatformError =>
  new PlatformError(
    'UNAVAILABLE',
    `rows of ${topic}/${partition} in the warehouse do not add up after a repair`,
    'it is tried again; another archiver may have loaded them meanwhile',
    topic,
  )
