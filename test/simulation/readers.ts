import { isPlatformError } from '@tidewater/base'
import type { Machine, State } from '@tidewater/plan'
import { type StateStore, type StoredGroup } from '@tidewater/ports'
import { readPointer, readSlices, readView, type Pointer, type View } from '@tidewater/seam'
import type { Durable } from './durable.ts'
import { storeOf, type Owner, type Pool } from './pool.ts'
import { difference, truthAt, type Answer } from './truth.ts'
import { machines, places, type World } from './world.ts'

/** Readers that keep a pointer for a long time and read one partition after the other, in any order, while all else goes on. */
export interface Readers {
  readonly counts: {
    reads: number
    retries: number
    notReady: number
    gone: number
    degraded: number
    failed: number
  }
  /** The first wrong answer, as a sentence. */
  readonly wrong: string | null
  /** Starts a read, or lets one step of it happen. */
  act(reader: number): Promise<void>
  /** Reads once, now, and checks; true when it was answered. */
  readNow(): Promise<boolean>
}

export const READERS = 3
/** Reads with one pointer before it is looked at again without being told. */
const POINTER_READS = 12

export const createReaders = (store: StateStore, pool: Pool, world: World, durable: Durable): Readers => {
  const counts = { reads: 0, retries: 0, notReady: 0, gone: 0, degraded: 0, failed: 0 }
  const readers = Array.from({ length: READERS }, (_, i) => ({
    owner: { name: `reader-${i}`, dead: false } satisfies Owner,
    pointer: null as Pointer | null,
    age: 0,
    running: false,
  }))
  let wrong: string | null = null
  const check = (view: View): void => {
    const got = answerOf(view, durable)
    if (got === null) {
      counts.gone++
      return
    }
    counts.reads++
    const differs = difference(got, truthAt(world, view.offsets))
    const at = view.offsets.map(({ next }) => next).join()
    if (differs !== null) wrong ??= `${differs} (generation ${view.pointer.id}, offsets ${at})`
  }
  const read = async (through: StateStore, reader: (typeof readers)[number]): Promise<boolean> => {
    reader.running = true
    const fresh = async (): Promise<Pointer | null> => {
      reader.age = 0
      reader.pointer = await readPointer(through)
      return reader.pointer
    }
    const cached = async (): Promise<Pointer | null> =>
      ++reader.age > POINTER_READS ? fresh() : reader.pointer
    try {
      const view = await readView(through, { cached, fresh }, planOf)
      counts.retries += view.retries
      check(view)
      return true
    } catch (error) {
      if (isPlatformError(error) && error.code === 'NOT_READY') counts.notReady++
      else counts.failed++
      return false
    } finally {
      reader.running = false
    }
  }
  return {
    counts,
    get wrong() {
      return wrong
    },
    act: async (i) => {
      const reader = readers[i] as (typeof readers)[number]
      if (!reader.running) void read(storeOf(store, pool, reader.owner), reader)
      else await pool.runOne(reader.owner)
    },
    readNow: () =>
      read(store, { owner: { name: 'last', dead: false }, pointer: null, age: 0, running: false }),
  }
}

const planOf = (pointer: Pointer) =>
  places.map((place) => ({
    place,
    reads: [...machines.values()].map((machine) => ({
      fingerprint: machine.fingerprint,
      generation: machine.view.window === null && pointer.number > 0 ? pointer.id : null,
      select: { kind: 'all' as const },
    })),
  }))

/** Batch ⊕ speed of every group of every view; null: the SQL engine dropped this generation, a reader asks again. */
const answerOf = (view: View, durable: Durable): Answer | null => {
  const answer: Record<string, Record<string, string>> = {}
  for (const [v, machine] of [...machines.values()].entries()) {
    const states = new Map<string, State>()
    for (const { place, parts } of view.partitions) {
      if (machine.view.window !== null) {
        const slots = durable.slots(view.pointer.id, machine, place.partition)
        if (slots === null) return null
        for (const { bucket, key, state } of slots.values())
          machine.merge(stateAt(states, machine, key, bucket), state)
      }
      const part = parts[v]
      for (const group of part?.batch ?? []) mergeInto(states, machine, group, 0)
      for (const group of part?.speed ?? []) mergeInto(states, machine, group, view.pointer.number)
    }
    answer[machine.view.name] = presented(machine, states)
  }
  return answer
}

const stateAt = (states: Map<string, State>, machine: Machine, key: string, bucket: number): State => {
  const name = `${key}@${bucket}`
  const state = states.get(name) ?? machine.zero()
  states.set(name, state)
  return state
}

const mergeInto = (
  states: Map<string, State>,
  machine: Machine,
  { key, bucket, value }: StoredGroup,
  from: number,
): void => {
  for (const { slice, start, end } of readSlices(value)) {
    if (slice >= from) machine.merge(stateAt(states, machine, key, bucket), machine.decode(value, start, end))
  }
}

const presented = (machine: Machine, states: ReadonlyMap<string, State>): Record<string, string> => {
  const rows: Record<string, string> = {}
  for (const [group, state] of [...states].sort()) {
    const measures = machine.present(state, 8_640_000_000_000)
    if (measures !== null && measures['sales'] !== 0) rows[group] = Object.values(measures).join(' ')
  }
  return rows
}
