import type { Machine, State } from '@tidewater/plan'

/** MERGED = BATCH ⊕ SPEED: every record is on exactly one side of the generation's cut (law L3). */
export type Layer = 'MERGED' | 'BATCH' | 'SPEED'

/** A stored value and where its slices are: payload of each is bytes[start, end). */
export interface SlicedValue {
  readonly bytes: Uint8Array
  readonly slices: readonly { readonly slice: number; readonly start: number; readonly end: number }[]
}

/** All that is known of one group, from every partition that was read. */
export interface GroupParts {
  /** State of the records below the generation's cut. */
  readonly batch: readonly State[]
  /** Values of the speed layer; they may also hold slices of older generations. */
  readonly speed: readonly SlicedValue[]
}

/**
 * Batch ⊕ speed. A record's slice is the highest generation whose cut is at or below its offset, so the speed slices
 * from `generation` on are exactly the records at or beyond its cut, and the batch part exactly those below it.
 * Null: this layer has no record of the group. The answer may share a given state: never add to it.
 */
export const mergeLayers = (
  machine: Machine,
  parts: GroupParts,
  layer: Layer,
  generation: number,
): State | null => {
  const states = layer === 'SPEED' ? [] : [...parts.batch]
  if (layer !== 'BATCH') for (const value of parts.speed) decodeSlices(machine, value, generation, states)
  return mergeStates(machine, states)
}

/** Decodes a value's slices from `oldest` on and puts them behind `into`. */
export const decodeSlices = (
  machine: Machine,
  { bytes, slices }: SlicedValue,
  oldest: number,
  into: State[],
): void => {
  for (const { slice, start, end } of slices) {
    if (slice >= oldest) into.push(machine.decode(bytes, start, end))
  }
}

/** One state of all; null of none. Leaves the given ones as they were. */
export const mergeStates = (machine: Machine, states: readonly State[]): State | null => {
  const [first] = states
  if (first === undefined) return null
  if (states.length === 1) return first
  const merged = machine.zero()
  for (const state of states) machine.merge(merged, state)
  return merged
}
