import { createWorld, type WorldOptions } from '@tidewater/testing/simulated'
import { eventTopics } from '@tidewater/engine-ingest'
import { Counts } from './counts.ts'
import { createCrew } from './crew.ts'
import { JOINED_VERSIONS, VERSIONS } from './definitions.ts'
import { createJoined } from './joined.ts'
import { openDuckdbEngines } from '@tidewater/testing/duckdb'
import { createFaults } from './faults.ts'
import { plantOutbox } from './operator-plants.ts'
import { planted, type Plant } from './plants.ts'
import type { RedisStores } from './redis.ts'
import { settle } from './settle.ts'
import { createReaders } from './readers.ts'
import { createRetention } from './retention.ts'
import { createTraffic, type Traffic } from './traffic.ts'
import { createWatched } from './watched.ts'
import { createWeather } from './weather.ts'

export interface Outcome {
  readonly seed: number
  /** The first wrong thing, as a sentence; null: all was right. */
  readonly wrong: string | null
  readonly counts: Readonly<Record<string, number>>
}

export interface Schedule {
  readonly seed: number
  /** How long faults go on, virtual ms. */
  readonly ms: number
  /** A fault of the platform itself; null: none. */
  readonly plant?: Plant | null
  /** True: archive and generations by the product's own files and DuckDB; slow. */
  readonly duckdb?: boolean
  /** Given, state is kept in Redis by the product's own scripts. */
  readonly redis?: RedisStores | null
}

/** One seed: the whole platform under everything at once, then in peace; the same seed does the same. */
export const simulate = async (schedule: Schedule): Promise<Outcome> => {
  const counts = new Counts()
  const found: string[] = []
  const unheard = (error: unknown): void => void found.push(`nobody heard: ${stackOf(error)}`)
  process.on('unhandledRejection', unheard)
  const { redis = null } = schedule
  const duckdb = schedule.duckdb === true ? await openDuckdbEngines() : null
  try {
    await redis?.clear()
    const options = {
      ...(duckdb === null ? {} : { engines: duckdb.engines }),
      ...(redis === null ? {} : { store: redis.open }),
    }
    await play(schedule, options, counts, found)
  } catch (error) {
    found.push(stackOf(error))
  } finally {
    process.off('unhandledRejection', unheard)
    await duckdb?.close()
  }
  return { seed: schedule.seed, wrong: found[0] ?? null, counts: counts.all() }
}

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error)

const play = async (
  { seed, ms, plant = null }: Schedule,
  options: Pick<WorldOptions, 'engines' | 'store'>,
  counts: Counts,
  found: string[],
): Promise<void> => {
  const wrong = (why: string): void => void found.push(why)
  const traffic: Traffic = createTraffic(() => world, counts)
  const joined = createJoined(() => traffic)
  const watched = createWatched(counts, () => world.time.now() > ms)
  const world = createWorld(seed, {
    ...options,
    took: (place, record) => {
      traffic.took(place, record)
      joined.took(place, record)
    },
    planted: (store) => watched.store(planted(store, plant)),
  })
  const { time, random } = world
  if (plant === 'outbox') plantOutbox(world.log)
  // every third: what is joined and matched takes its time
  const versions = seed % 3 === 0 ? JOINED_VERSIONS : VERSIONS
  const [first] = versions
  const partitions = random.int(1, 3)
  traffic.begin(partitions)
  await world.log.ensureTopics(eventTopics(first.catalog.events.values(), { partitions, retentionMs: -1 }))
  const weather = createWeather(world)
  const crew = createCrew(world, watched, versions, plant, counts, wrong)
  const retention = createRetention(world, traffic, counts)
  const readers = createReaders({ world, traffic, joined, retention, crew, counts }, wrong)
  const scene = { world, weather, traffic, joined, retention, crew, readers, counts }
  const faults = createFaults(scene)
  const every = (low: number, high: number, act: () => void): void => {
    const again = (): void => {
      if (time.now() > ms) return
      act()
      time.after(random.int(low, high), again)
    }
    time.after(random.int(low, high), again)
  }
  const unanswered = (error: unknown): void => {
    counts.add('unanswered')
    if (!(error instanceof Error && error.name === 'PlatformError')) wrong(String((error as Error).stack))
  }
  every(100, 900, () => {
    const door = crew.serving()
    if (door !== null) traffic.sell(door.part.intake).catch(unanswered)
  })
  every(300, 1_500, () => void traffic.sendRaw())
  every(100, 700, readers.ask)
  every(500, 4_000, faults.act)
  every(500, 2_500, () => void retention.pass())
  await time.runUntil(ms, () => found.length > 0)
  if (found.length === 0) await settle({ ...scene, faults }, wrong)
  counts.add('events', time.happened)
  counts.add(
    'records',
    traffic.taken.reduce((sum, records) => sum + records.length, 0),
  )
}
