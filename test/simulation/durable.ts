import { decodeKey, type Machine, type SlotRow, type State } from '@tidewater/plan'
import type { GenerationRecord, Lake, TopicPartition, Warehouse } from '@tidewater/ports'
import type { Random } from '../parity/random.ts'
import type { Owner, Pool } from './pool.ts'
import { counted, machines, places, type World } from './world.ts'

/** Group states of one view on one partition, by 'bucket key'. */
type Groups = ReadonlyMap<string, { readonly bucket: number; readonly key: string; readonly state: State }>

/** What no loss of the store touches: the archive, durable generations and the states an SQL engine computed for them. */
export interface Durable {
  readonly generations: readonly GenerationRecord[]
  /** The archive takes in some more of the log. */
  archive(): void
  /** All of it, when faults have ended. */
  archiveAll(): void
  /** Null once the engine has dropped the generation. */
  slots(id: string, machine: Machine, partition: number): Groups | null
  lakeOf(pool: Pool, owner: Owner): Lake
  warehouse: Warehouse
}

export const createDurable = (world: World, random: Random): Durable => {
  const archived = places.map(() => 0)
  const built = new Map<string, Map<string, Groups>>()
  let generations: GenerationRecord[] = []
  const slotsOf = (id: string, view: string, partition: number): Groups | null =>
    id === 'g0' ? new Map() : (built.get(id)?.get(`${view} ${partition}`) ?? null)
  const build = (id: string, cuts: GenerationRecord['cuts']): void => {
    const parts = new Map<string, Groups>()
    for (const machine of machines.values()) {
      for (const { partition } of places) {
        const cut = cuts.find((c) => c.partition === partition)?.cut ?? 0
        if (cut > (archived[partition] ?? 0))
          throw new Error(`generation ${id} was built before its rows were archived`)
        parts.set(`${machine.view.name} ${partition}`, recompute(world, machine, partition, cut))
      }
    }
    built.set(id, parts)
  }
  return {
    get generations() {
      return generations
    },
    archive: () => {
      for (const [p, records] of world.log.entries())
        archived[p] = Math.min(records.length, (archived[p] ?? 0) + random.int(0, 8))
    },
    archiveAll: () => {
      for (const [p, records] of world.log.entries()) archived[p] = records.length
    },
    slots: (id, machine, partition) => slotsOf(id, machine.view.name, partition),
    lakeOf: (pool, owner) => ({
      ...emptyLake,
      next: async (place: TopicPartition) => archived[place.partition] ?? 0,
      generations: () => pool.submit(owner, async () => generations),
      addGeneration: (record) =>
        pool.submit(owner, async () => {
          if (generations.some((g) => g.number === record.number)) return 'lost'
          generations = [...generations, record].sort((a, b) => a.number - b.number)
          return 'added'
        }),
      removeGeneration: (id) =>
        pool.submit(owner, async () => {
          generations = generations.filter((g) => g.id !== id)
        }),
    }),
    warehouse: {
      name: 'duckdb',
      build: async (plan) => {
        build(plan.id, plan.cuts)
        return []
      },
      holds: async (id) => built.has(id),
      slots: async function* (id, view, partition) {
        const machine = machines.get(view)
        const groups = slotsOf(id, view, partition)
        if (machine === undefined || groups === null) throw new Error(`generation ${id} is gone`)
        yield [...groups.values()].flatMap((group) => slotRows(machine, partition, group))
      },
      publish: async () => undefined,
      showNotes: async () => undefined,
      retire: async (kept) => {
        const gone = [...built.keys()].filter(
          (id) => !kept.includes(id) && generations.some((g) => g.id === id),
        )
        for (const id of gone) built.delete(id)
        return gone.length
      },
      close: async () => undefined,
    },
  }
}

const slotRows = (
  machine: Machine,
  partition: number,
  group: { readonly bucket: number; readonly key: string; readonly state: State },
): readonly SlotRow[] =>
  machine.slotsOf(group.state, {
    partition,
    bucket: group.bucket,
    keys: decodeKey(group.key, machine.layout.stateKeys),
  })

const recompute = (world: World, machine: Machine, partition: number, cut: number): Groups => {
  const groups = new Map<string, { bucket: number; key: string; state: State }>()
  for (const { row, offset } of counted(world.log[partition] ?? [], cut)) {
    const key = machine.keyOf(row)
    if (key === null) continue
    const bucket = machine.bucketOf(row)
    const group = groups.get(`${bucket} ${key}`) ?? { bucket, key, state: machine.zero() }
    groups.set(`${bucket} ${key}`, group)
    machine.add(group.state, row, partition, offset)
  }
  return groups
}

const emptyLake: Omit<Lake, 'next' | 'generations' | 'addGeneration' | 'removeGeneration'> = {
  path: (file) => file,
  temporary: () => 'nowhere',
  entries: async () => [],
  add: async () => 'lost',
  intact: async () => true,
  retire: async () => 0,
  noteReconcile: async () => undefined,
  reconcileNotes: async () => new Map(),
}
