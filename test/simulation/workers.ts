import { newCounters, Task, type Counters, type TaskContext } from '@tidewater/engine-speed'
import type { StateStore } from '@tidewater/ports'
import type { Random } from '../parity/random.ts'
import type { Durable } from './durable.ts'
import { storeOf, type Owner, type Pool } from './pool.ts'
import { places, source, type World } from './world.ts'

/** One process that believes it owns a partition. */
interface Worker {
  readonly owner: Owner
  readonly task: Task
  busy: boolean
}

/** The speed workers: one owner per partition, and those that were replaced without knowing it. */
export interface Workers {
  readonly counters: Counters
  /** Starts, steps or commits the owner of a partition; whatever it waits for goes through the pool. */
  act(partition: number): void
  /** The same for a zombie. */
  actZombie(): void
  /** Another process takes the partition; the old one lives on. */
  rebalance(partition: number): void
  /** The owner dies; its commands in flight still arrive. */
  crash(partition: number): void
  /** Whether everything in the log is applied and stored. */
  settled(): boolean
  endZombies(): void
}

export const createWorkers = (
  store: StateStore,
  pool: Pool,
  world: World,
  durable: Durable,
  random: Random,
  nonce: () => string,
): Workers => {
  const counters = newCounters()
  const workers: (Worker | null)[] = places.map(() => null)
  let zombies: Worker[] = []
  let born = 0
  const start = (partition: number): Worker => {
    const owner: Owner = { name: `speed-${++born}`, dead: false }
    const context: TaskContext = {
      store: storeOf(store, pool, owner),
      log: {
        bounds: async () =>
          places.map(({ partition }) => ({ partition, low: 0, high: world.log[partition]?.length ?? 0 })),
      },
      nonce,
      newest: () => pool.submit(owner, async () => durable.generations.at(-1) ?? null),
      counters,
      budget: { most: 3, held: 0 },
      sink: { bytes: new Uint8Array(64), length: 0 },
    }
    const place = places[partition] as (typeof places)[number]
    return { owner, task: new Task(place, source, context), busy: false }
  }
  const busily = (worker: Worker, work: Promise<unknown>): void => {
    worker.busy = true
    // a task that failed is closed: its next act starts it again
    void work
      .catch(() => undefined)
      .finally(() => {
        worker.busy = false
      })
  }
  const step = (worker: Worker): void => {
    const { task } = worker
    const { position } = task
    const records = world.log[task.place.partition] ?? []
    const next = Math.min(records.length, position + random.int(1, 5))
    const from = Math.max(0, position - (random.chance(0.2) ? random.int(1, 3) : 0)) // redelivered
    busily(worker, task.step(position, records, from, next, next))
  }
  const act = (worker: Worker): void => {
    if (!worker.task.open) {
      if (!worker.busy) busily(worker, worker.task.start())
    } else if (random.chance(0.4)) void worker.task.commit()
    else if (!worker.busy) step(worker)
  }
  const die = (worker: Worker | null): void => {
    if (worker !== null) worker.owner.dead = true
  }
  return {
    counters,
    act: (partition) => act((workers[partition] ??= start(partition))),
    actZombie: () => {
      zombies = zombies.filter(({ task, busy }) => busy || task.open)
      if (zombies.length > 0) act(random.pick(zombies))
    },
    rebalance: (partition) => {
      const old = workers[partition]
      if (old !== null && old !== undefined) zombies.push(old)
      workers[partition] = start(partition)
    },
    crash: (partition) => {
      die(workers[partition] ?? null)
      workers[partition] = null
    },
    settled: () =>
      workers.every(
        (w, p) =>
          w !== null &&
          w.task.open &&
          !w.busy &&
          w.task.position === world.log[p]?.length &&
          w.task.uncommitted === 0,
      ),
    endZombies: () => {
      for (const zombie of zombies) die(zombie)
      zombies = []
    },
  }
}
