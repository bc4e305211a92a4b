import type { Layer, StateGroup } from '@tidewater/merge'
import type { State } from '@tidewater/plan'
import type { BucketRange } from './batch-part.ts'
import type { GroupStates } from './kept-windows.ts'
import { SCAN_STEP, foundGroups, foundState, pauseOrStop } from './group-states.ts'
import type { ScanLimits } from './group-states.ts'
import type { ViewRead } from './read-together.ts'

/**
 * The groups of a view with window, merged over partitions and layers, in order of their windows, some hundred at a time: the
 * generation's windows are taken as they come, what was read of the speed layer is put between them.
 */
export async function* windowGroups(
  read: ViewRead,
  batch: AsyncIterable<GroupStates>,
  range: BucketRange,
  layer: Layer,
  limits: ScanLimits,
): AsyncGenerator<readonly StateGroup[]> {
  const started = limits.clock.elapsed()
  const merge = mergerOf(read, range, layer)
  let groups: StateGroup[] = []
  for await (const windows of batch) {
    for (const [bucket, states] of windows) {
      groups.push(...merge.before(bucket), ...merge.at(bucket, states))
      if (groups.length < SCAN_STEP) continue
      await pauseOrStop(limits, started, read)
      yield groups
      groups = []
    }
  }
  for (const group of merge.before(Infinity)) {
    groups.push(group)
    if (groups.length < SCAN_STEP) continue
    await pauseOrStop(limits, started, read)
    yield groups
    groups = []
  }
  yield groups
}

interface Merger {
  /** Groups that only the speed layer has, of windows before this one. */
  before(bucket: number): Generator<StateGroup>
  /** Groups of one window: the generation's states and what the speed layer has of it. */
  at(bucket: number, states: ReadonlyMap<string, State>): Generator<StateGroup>
}

const NOTHING: ReadonlyMap<string, State> = new Map()

const mergerOf = (read: ViewRead, range: BucketRange, layer: Layer): Merger => {
  const speed = foundGroups(read.parts, new Map(), range)
  const waiting = [...speed.keys()].sort((a, b) => a - b)
  let next = 0
  function* at(bucket: number, states: ReadonlyMap<string, State>): Generator<StateGroup> {
    const found = speed.get(bucket)
    if (waiting[next] === bucket) next++
    for (const [key, state] of states) {
      const own = found?.get(key)
      const merged = own === undefined ? state : foundState(read, { ...own, batch: [state] }, layer)
      if (merged !== null) yield { bucket, key, state: merged }
    }
    for (const [key, own] of found ?? []) {
      const state = states.has(key) ? null : foundState(read, own, layer)
      if (state !== null) yield { bucket, key, state }
    }
  }
  return {
    at,
    before: function* (bucket) {
      for (let first = waiting[next]; first !== undefined && first < bucket; first = waiting[next])
        yield* at(first, NOTHING)
    },
  }
}
