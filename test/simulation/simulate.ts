import { runGeneration, type BatchOptions, type BatchPorts } from '@tidewater/engine-batch'
import { type StateStore } from '@tidewater/ports'
import { decodeHeader } from '@tidewater/seam'
import { createMemoryClock } from '@tidewater/adapter-memory'
import { createRandom, type Random } from '../parity/random.ts'
import { createDurable, type Durable } from './durable.ts'
import { planted, type Plant } from './plants.ts'
import { createPool, quiet, storeOf, type Owner, type Pool } from './pool.ts'
import { createReaders, READERS } from './readers.ts'
import { createWorkers } from './workers.ts'
import { catalog, createWorld, machines, PARTITIONS, places, type World } from './world.ts'

/** A store whose past can be brought back: what a crash of its machine does. */
export interface LosableStore {
  readonly store: StateStore
  /** Remembers how it is now. */
  remember(): Promise<void>
  /** Goes back to what was remembered `back` times ago. */
  loseTail(back: number): Promise<void>
  loseAll(): Promise<void>
}

export interface Options {
  readonly seed: number
  readonly ticks: number
  readonly plant: Plant | null
  readonly open: () => Promise<LosableStore>
}

export interface Outcome {
  readonly seed: number
  /** Null: every answer was true and at the end everything was applied. */
  readonly wrong: string | null
  readonly counts: Readonly<Record<string, number>>
}

interface Batch {
  readonly act: () => void
  readonly crash: () => void
  readonly counts: Record<'published' | 'retired' | 'superseded' | 'skipped' | 'batchErrors', number>
  readonly running: () => boolean
}

/** Calls `retired` for every partition whose floor rises. */
const countingRetires = (store: StateStore, retired: () => void): StateStore => ({
  ...store,
  commit: async (place, commit) => {
    const result = await store.commit(place, commit)
    const floors = [commit.expected, commit.next].map((bytes) =>
      bytes === null ? 0 : decodeHeader(bytes).floor,
    )
    if (result.kind === 'applied' && (floors[1] ?? 0) > (floors[0] ?? 0)) retired()
    return result
  },
})

/** The real batch engine, one or two at a time, on the simulation's ports. */
const createBatch = (
  store: StateStore,
  pool: Pool,
  world: World,
  durable: Durable,
  nonce: () => string,
): Batch => {
  const counts = { published: 0, retired: 0, superseded: 0, skipped: 0, batchErrors: 0 }
  let running: Owner[] = []
  let born = 0
  const options: BatchOptions = { catalog, machines, warn: () => undefined }
  const start = (): void => {
    const owner: Owner = { name: `batch-${++born}`, dead: false }
    const clock = createMemoryClock()
    const ports: BatchPorts = {
      log: world,
      store: countingRetires(storeOf(store, pool, owner), () => void counts.retired++),
      lake: durable.lakeOf(pool, owner),
      writer: {
        write: async () => undefined,
        alike: async (files) => [files],
        rewrite: async () => 0,
        close: async () => undefined,
      },
      warehouses: [durable.warehouse],
      clock,
      timers: {
        after: (_, run) => (void pool.submit(owner, async () => undefined).then(run, run), () => undefined),
      },
      nonce,
    }
    running.push(owner)
    void runGeneration(ports, options, { through: 'now', patienceMs: 1 }, () => undefined)
      .then(
        (result) => void counts[result.kind]++,
        () => void counts.batchErrors++,
      )
      .finally(() => {
        running = running.filter((other) => other !== owner)
      })
  }
  return {
    act: () => {
      if (running.length < 2) start()
    },
    crash: () => {
      const victim = running.shift()
      if (victim !== undefined) victim.dead = true
    },
    counts,
    running: () => running.length > 0,
  }
}

/** One schedule of everything at once, repeated exactly by its seed; ends with faults over and all work done. */
export const simulate = async ({ seed, ticks, plant, open }: Options): Promise<Outcome> => {
  const random = createRandom(seed)
  let nonces = 0
  const nonce = (): string => `n${++nonces}`
  const losable = await open()
  const store = planted(losable.store, plant)
  const pool = createPool(random)
  const world = createWorld(random)
  const durable = createDurable(world, random)
  const workers = createWorkers(store, pool, world, durable, random, nonce)
  const readers = createReaders(store, pool, world, durable)
  const batch = createBatch(store, pool, world, durable, nonce)
  const losses = { tailsLost: 0, storesLost: 0 }
  const act = actionsOf({ random, pool, world, durable, workers, readers, batch, losable, losses })
  for (let tick = 0; tick < ticks && readers.wrong === null; tick++) {
    if (tick % 8 === 0) await losable.remember()
    await act()
    await quiet()
  }
  const end = readers.wrong ?? (await drain({ pool, durable, workers, readers, batch }))
  const counts = { ...readers.counts, ...batch.counts, ...losses, ...workers.counters }
  return { seed, wrong: end, counts }
}

interface Cast {
  readonly random: Random
  readonly pool: Pool
  readonly world: World
  readonly durable: Durable
  readonly workers: ReturnType<typeof createWorkers>
  readonly readers: ReturnType<typeof createReaders>
  readonly batch: Batch
  readonly losable: LosableStore
  readonly losses: { tailsLost: number; storesLost: number }
}

/** What may happen in a tick, with its weight. Half of all ticks deliver a command that is on its way. */
const actionsOf = ({ random, pool, world, durable, workers, readers, batch, losable, losses }: Cast) => {
  const partition = (): number => random.int(0, PARTITIONS - 1)
  const actions: readonly (readonly [number, () => void | Promise<void>])[] = [
    [22, world.produce],
    [10, world.repeat],
    [30, () => workers.act(partition())],
    [3, () => workers.rebalance(partition())],
    [5, workers.actZombie],
    [1, () => workers.crash(partition())],
    [8, durable.archive],
    [4, batch.act],
    [0.4, batch.crash],
    [24, () => readers.act(random.int(0, READERS - 1))],
    [90, () => pool.runOne()],
    [
      0.5,
      async () => {
        losses.tailsLost++
        await losable.loseTail(random.int(1, 20))
      },
    ],
    [
      0.12,
      async () => {
        losses.storesLost++
        await losable.loseAll()
      },
    ],
  ]
  const total = actions.reduce((sum, [weight]) => sum + weight, 0)
  return async (): Promise<void> => {
    let at = random.int(0, 1_000_000) * (total / 1_000_001)
    for (const [weight, action] of actions) {
      at -= weight
      if (at < 0) return action()
    }
  }
}

/** Faults end: everything must come to rest, and the last answer has seen the whole log. */
const drain = async ({
  pool,
  durable,
  workers,
  readers,
  batch,
}: Omit<Cast, 'random' | 'world' | 'losable' | 'losses'>): Promise<string | null> => {
  pool.heal()
  workers.endZombies()
  durable.archiveAll()
  let idle = 0
  for (let i = 0; i < 300 && idle < 3; i++) {
    for (const { partition } of places) workers.act(partition)
    while (pool.size > 0) {
      await pool.runOne()
      await quiet()
    }
    await quiet()
    if (!workers.settled()) continue
    if (!batch.running()) {
      batch.act()
      idle++
    }
  }
  if (readers.wrong !== null) return readers.wrong
  if (idle < 3) return 'it never came to rest after faults had ended'
  if (!(await readers.readNow())) return 'there was no answer after faults had ended'
  return readers.wrong
}
