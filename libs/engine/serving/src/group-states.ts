import { decodeSlices, mergeLayers } from '@tidewater/merge'
import type { GroupParts, Layer, SlicedValue, StateGroup } from '@tidewater/merge'
import type { State } from '@tidewater/plan'
import type { Clock, StoredGroup } from '@tidewater/ports'
import { readSlices } from '@tidewater/seam'
import type { BucketRange } from './batch-part.ts'
import type { GroupStates } from './kept-windows.ts'
import type { PartitionPart, ViewRead } from './read-together.ts'
import { tooSlow } from './too-costly.ts'

interface MutableParts extends GroupParts {
  readonly batch: State[]
  readonly speed: SlicedValue[]
}

const sliced = ({ value }: StoredGroup): SlicedValue => ({ bytes: value, slices: readSlices(value) })

/** State of one group of a view without window, from every partition that was read; null: no record in this layer. */
export const groupState = (read: ViewRead, key: string, layer: Layer): State | null => {
  const { machine } = read.access
  const batch: State[] = []
  const speed: SlicedValue[] = []
  for (const part of read.parts) {
    if (layer !== 'SPEED')
      for (const group of part.batch) if (group.key === key) decodeSlices(machine, sliced(group), 0, batch)
    if (layer !== 'BATCH') for (const group of part.speed) if (group.key === key) speed.push(sliced(group))
  }
  return mergeLayers(machine, { batch, speed }, layer, read.oldestSlice)
}

/** Ends a scan that would hold up everybody else. */
export interface ScanLimits {
  readonly clock: Clock
  /** Lets other requests run. */
  readonly letOthersRun: () => Promise<void>
  readonly deadlineMs: number
}

export const SCAN_STEP = 512

/** All groups that were read, each merged over partitions and layers. Throws `TOO_COSTLY` when it takes too long. */
export const scanGroups = async (
  read: ViewRead,
  batch: GroupStates,
  range: BucketRange,
  layer: Layer,
  limits: ScanLimits,
): Promise<StateGroup[]> => {
  const started = limits.clock.elapsed()
  const groups: StateGroup[] = []
  let seen = 0
  for (const [bucket, keys] of foundGroups(read.parts, batch, range)) {
    for (const [key, found] of keys) {
      const state = foundState(read, found, layer)
      if (state !== null) groups.push({ bucket, key, state })
      if (++seen % SCAN_STEP === 0) await pauseOrStop(limits, started, read)
    }
  }
  return groups
}

export const pauseOrStop = async (
  { clock, letOthersRun, deadlineMs }: ScanLimits,
  started: number,
  { access }: ViewRead,
): Promise<void> => {
  await letOthersRun()
  if (clock.elapsed() - started > deadlineMs) throw tooSlow(access, deadlineMs)
}

/** What was found of one group in both layers. */
export interface Found {
  readonly stored: StoredGroup[]
  readonly speed: StoredGroup[]
  readonly batch: State[]
}

export const foundState = (read: ViewRead, { stored, speed, batch }: Found, layer: Layer): State | null => {
  const { machine } = read.access
  const parts: MutableParts = { batch: [...batch], speed: [] }
  if (layer !== 'SPEED') for (const group of stored) decodeSlices(machine, sliced(group), 0, parts.batch)
  if (layer !== 'BATCH') for (const group of speed) parts.speed.push(sliced(group))
  return mergeLayers(machine, parts, layer, read.oldestSlice)
}

/** By window and key. */
export const foundGroups = (
  parts: readonly PartitionPart[],
  batch: GroupStates,
  { from, to }: BucketRange,
): Map<number, Map<string, Found>> => {
  const found = new Map<number, Map<string, Found>>()
  const at = (bucket: number, key: string): Found => {
    let keys = found.get(bucket)
    if (keys === undefined) found.set(bucket, (keys = new Map<string, Found>()))
    let group = keys.get(key)
    if (group === undefined) keys.set(key, (group = { stored: [], speed: [], batch: [] }))
    return group
  }
  for (const part of parts) {
    for (const group of part.batch) at(group.bucket, group.key).stored.push(group)
    for (const group of part.speed) at(group.bucket, group.key).speed.push(group)
  }
  for (const [bucket, keys] of batch) {
    if (bucket < from || bucket >= to) continue
    for (const [key, state] of keys) at(bucket, key).batch.push(state)
  }
  return found
}
