import { PlatformError } from '@tidewater/base'
import { decodeSlices, mergeLayers } from '@tidewater/merge'
import type { GroupParts, Layer, SlicedValue, StateGroup } from '@tidewater/merge'
import type { State } from '@tidewater/plan'
import type { Clock, StoredGroup } from '@tidewater/ports'
import { readSlices } from '@tidewater/seam'
import type { BucketRange, GroupStates } from './batch-part.ts'
import type { PartitionPart, ViewRead } from './read-together.ts'

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

const SCAN_STEP = 512

/** All groups that were read, each merged over partitions and layers. Throws `TOO_COSTLY` when it takes too long. */
export const scanGroups = async (
  read: ViewRead,
  batch: GroupStates,
  range: BucketRange,
  layer: Layer,
  limits: ScanLimits,
): Promise<StateGroup[]> => {
  const { machine } = read.access
  const started = limits.clock.elapsed()
  const groups: StateGroup[] = []
  let seen = 0
  for (const [bucket, keys] of collect(read.parts, batch, range)) {
    for (const [key, { stored, speed, batch: known }] of keys) {
      const parts: MutableParts = { batch: [...known], speed: [] }
      if (layer !== 'SPEED') for (const group of stored) decodeSlices(machine, sliced(group), 0, parts.batch)
      if (layer !== 'BATCH') for (const group of speed) parts.speed.push(sliced(group))
      const state = mergeLayers(machine, parts, layer, read.oldestSlice)
      if (state !== null) groups.push({ bucket, key, state })
      if (++seen % SCAN_STEP === 0) await pauseOrStop(limits, started, read.access.view.name)
    }
  }
  return groups
}

const pauseOrStop = async (
  { clock, letOthersRun, deadlineMs }: ScanLimits,
  started: number,
  view: string,
): Promise<void> => {
  await letOthersRun()
  if (clock.elapsed() - started <= deadlineMs) return
  throw new PlatformError(
    'TOO_COSTLY',
    `${view} has too many groups to read in ${deadlineMs} ms`,
    `ask for single keys or a shorter range, or use SQL: SELECT * FROM tidewater.${view.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()}`,
  )
}

interface Found {
  readonly stored: StoredGroup[]
  readonly speed: StoredGroup[]
  readonly batch: State[]
}

const collect = (
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
