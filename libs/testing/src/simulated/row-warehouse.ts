import { PlatformError } from '@tidewater/base'
import type { Machine, SlotRow } from '@tidewater/plan'
import type { GenerationRecord, Warehouse } from '@tidewater/ports'
import type { Disk } from './disk.ts'
import type { Process } from './process.ts'
import type { ArchivedRow } from './row-files.ts'
import { rowsBelow, slotRowsOf, statesOf, type Definitions } from './row-states.ts'

interface Built {
  readonly fingerprint: string
  readonly byPartition: ReadonlyMap<number, readonly SlotRow[]>
  readonly keyless: number
}

/** What a SQL engine keeps on its own disk: survives every process. */
export interface Shelf {
  readonly generations: Map<string, ReadonlyMap<string, Built>>
  /** What analysts see. */
  published: GenerationRecord | null
  /** A generation's state of one view. Throws when it is not there; `NOT_READY` when the disk lost it. */
  built(id: string, view: string): Built
  /** The disk is lost. */
  lose(): void
}

export const createShelf = (): Shelf => {
  const generations: Shelf['generations'] = new Map()
  const lost = new Set<string>()
  return {
    generations,
    published: null,
    built: (id, view) => {
      const built = generations.get(id)?.get(view)
      if (built !== undefined) return built
      const sentence = `generation ${id} has no ${view}`
      if (generations.has(id) || !lost.has(id)) throw new Error(sentence)
      throw new PlatformError('NOT_READY', sentence, 'it is built again')
    },
    lose: () => {
      for (const id of generations.keys()) lost.add(id)
      generations.clear()
    },
  }
}

/** A warehouse that computes in JavaScript what the SQL engines compute in SQL, over the same files of the lake. */
export const rowWarehouse = (
  { catalog, machines }: Definitions,
  shelf: Shelf,
  disk: Disk,
  process: Process,
  buildMs: () => number,
): Warehouse => {
  const pause = (ms: number): Promise<void> => new Promise((resolve) => process.timers.after(ms, resolve))
  return {
    name: 'duckdb',
    build: async (plan, progress) => {
      await pause(buildMs())
      const parts = new Map<string, Built>()
      for (const machine of machines.values()) {
        if (!plan.views.includes(machine.view.name)) continue
        const rows = await process.call('local', async () => rowsBelow(catalog, disk, machine, plan))
        parts.set(machine.view.name, builtFrom(machine, rows))
        progress(parts.size / machines.size)
      }
      await process.call('local', async () => void shelf.generations.set(plan.id, parts))
      return [...parts].map(([view, { byPartition, keyless }]) => ({
        ...{ view, keyless },
        slots: [...byPartition.values()].reduce((sum, rows) => sum + rows.length, 0),
      }))
    },
    holds: (id, views) =>
      process.call('local', async () => {
        const built = shelf.generations.get(id)
        return built !== undefined && views.every((view) => built.has(view))
      }),
    slots: async function* (id, view, partition) {
      yield await process.call('local', async () => shelf.built(id, view).byPartition.get(partition) ?? [])
    },
    publish: (generation) => process.call('local', async () => void (shelf.published = generation)),
    showNotes: async () => undefined,
    retire: (kept) =>
      process.call('local', async () => {
        const gone = [...shelf.generations.keys()].filter((id) => !kept.includes(id))
        for (const id of gone) shelf.generations.delete(id)
        return gone.length
      }),
    close: async () => undefined,
  }
}

const builtFrom = (machine: Machine, rows: readonly ArchivedRow[]): Built => {
  const byPartition = new Map<number, SlotRow[]>()
  for (const group of statesOf(machine, rows, 'partition')) {
    const own = byPartition.get(group.partition)
    if (own === undefined) byPartition.set(group.partition, [...slotRowsOf(machine, group)])
    else own.push(...slotRowsOf(machine, group))
  }
  const keyless = rows.filter(({ row }) => machine.why(row) === 'keyless').length
  return { fingerprint: machine.fingerprint, byPartition, keyless }
}
