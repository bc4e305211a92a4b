import type { Value } from '@tidewater/expr'
import type { Machine, State } from '@tidewater/plan'
import type { Buckets } from '@tidewater/windows'
import type { Filter } from './filter.ts'
import { passesAll } from './filter.ts'

/** State of one stored group: its window's start (ms, 0 without window) and key text. */
export interface StateGroup {
  readonly bucket: number
  readonly key: string
  readonly state: State
}

/** A group as it was asked for. Its state is the merge of `states`. */
export interface Regrouped {
  /** ms; null without window. */
  readonly start: number | null
  readonly end: number | null
  /** The view's keys; null where the key was left out. */
  readonly keys: Readonly<Record<string, Value>>
  /** One text per group of keys, in the order of key bytes. */
  readonly id: string
  readonly states: State[]
}

export interface Regrouping {
  /** Applied to keys before grouping. */
  readonly where: readonly Filter[]
  /** Names of the keys to keep; null keeps all. */
  readonly groupBy: readonly string[] | null
  /** 'none': the view has no window. 'all': one row for the whole range. */
  readonly windows: 'none' | 'all' | Buckets
  /** Given for 'all': what the row says its window is; the least and highest of its windows when null. */
  readonly range: { readonly from: number | null; readonly to: number | null }
}

/** The keys a stored group is presented with, and whether it is wanted at all. */
interface BoundKeys {
  readonly keys: Readonly<Record<string, Value>>
  readonly id: string
}

/** Joins stored groups to the ones asked for, a few at a time. */
export interface Regrouper {
  /** Groups in any order within a window; the windows in order, when rows are to be taken out in between. */
  add(groups: Iterable<StateGroup>): void
  /** Takes out the rows that no group of a window from `bucket` on can change. */
  takeBefore(bucket: number): Regrouped[]
  /** Takes out all rows. */
  takeAll(): Regrouped[]
  /** Rows held. */
  readonly size: number
}

/** States of one row that may wait to be merged. */
const MAX_WAITING = 32
const MAX_BOUND_KEYS = 100_000

/**
 * Attributes that come by lookup are bound here (semantics V6), so several stored groups may become one even when every key
 * is kept.
 */
export const createRegrouper = (machine: Machine, how: Regrouping): Regrouper => {
  const bound = new Map<string, BoundKeys | null>()
  const found = new Map<number, Map<string, Regrouped>>()
  const span = spanOf(how)
  let size = 0
  const take = (start: number): Regrouped[] => {
    const rows = [...(found.get(start)?.values() ?? [])]
    found.delete(start)
    size -= rows.length
    return rows.map((group) => ({ ...group, ...span.boundsOf(group) }))
  }
  return {
    get size() {
      return size
    },
    add: (groups) => {
      if (bound.size > MAX_BOUND_KEYS) bound.clear()
      for (const { bucket, key, state } of groups) {
        let keys = bound.get(key)
        if (keys === undefined) bound.set(key, (keys = bindKeys(machine, key, how)))
        if (keys === null) continue
        const start = span.start(bucket)
        let row = found.get(start)
        if (row === undefined) found.set(start, (row = new Map<string, Regrouped>()))
        const group = row.get(keys.id)
        if (group === undefined) {
          row.set(keys.id, { start, end: span.end(start), keys: keys.keys, id: keys.id, states: [state] })
          size++
        } else addState(machine, group.states, state)
        span.see(bucket, machine)
      }
    },
    takeBefore: (bucket) => {
      const end = span.start(bucket)
      return [...found.keys()].filter((start) => start < end).flatMap(take)
    },
    takeAll: () => [...found.keys()].flatMap(take),
  }
}

/** Merges what waits from time to time, into a state of its own: the given ones may be shared. */
const addState = (machine: Machine, states: State[], state: State): void => {
  states.push(state)
  if (states.length <= MAX_WAITING) return
  const merged = machine.zero()
  for (const waiting of states) machine.merge(merged, waiting)
  states.splice(0, states.length, merged)
}

/** All at once. */
export const regroup = (machine: Machine, groups: Iterable<StateGroup>, how: Regrouping): Regrouped[] => {
  const regrouper = createRegrouper(machine, how)
  regrouper.add(groups)
  return regrouper.takeAll()
}

const bindKeys = (machine: Machine, key: string, { where, groupBy }: Regrouping): BoundKeys | null => {
  const keys = machine.presentKeys(key)
  // A key is never missing (V3): a lookup without a row leaves the group out, as in SQL.
  if (Object.values(keys).includes(null)) return null
  if (!passesAll(keys, where)) return null
  const kept: Record<string, Value> = {}
  for (const name of Object.keys(keys))
    kept[name] = groupBy === null || groupBy.includes(name) ? (keys[name] ?? null) : null
  return { keys: kept, id: idOf(kept) }
}

/** A single text key is its own id, so that ids sort as key bytes do. */
export const idOf = (keys: Readonly<Record<string, Value>>): string => {
  const values = Object.values(keys)
  const [first] = values
  if (values.length === 1 && typeof first === 'string') return first
  return JSON.stringify(values, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
}

interface Span {
  start(bucket: number): number
  end(start: number): number
  see(bucket: number, machine: Machine): void
  boundsOf(group: Regrouped): Pick<Regrouped, 'start' | 'end'>
}

const spanOf = ({ windows, range }: Regrouping): Span => {
  if (windows === 'none') {
    return {
      start: () => 0,
      end: () => 0,
      see: () => undefined,
      boundsOf: () => ({ start: null, end: null }),
    }
  }
  if (windows !== 'all') {
    return {
      start: (bucket) => windows.start(bucket),
      end: (start) => windows.end(start),
      see: () => undefined,
      boundsOf: ({ start, end }) => ({ start, end }),
    }
  }
  let least = Infinity
  let highest = -Infinity
  return {
    start: () => 0,
    end: () => 0,
    see: (bucket, machine) => {
      least = Math.min(least, bucket)
      highest = Math.max(highest, machine.bucketEnd(bucket))
    },
    boundsOf: () => ({ start: range.from ?? least, end: range.to ?? highest }),
  }
}
