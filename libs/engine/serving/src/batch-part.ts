import { PlatformError } from '@tidewater/base'
import { encodeKey } from '@tidewater/plan'
import type { SlotRow, State } from '@tidewater/plan'
import type { BatchReader, Timers } from '@tidewater/ports'
import type { Pointer } from '@tidewater/seam'
import { within } from './deadline.ts'
import { isHeldBy } from './view-access.ts'
import type { ViewAccess } from './view-access.ts'

/** States by window start, then key text. */
export type GroupStates = ReadonlyMap<number, ReadonlyMap<string, State>>

/** Window starts that are read: from <= start < to, ms. */
export interface BucketRange {
  readonly from: number
  readonly to: number
}

export const ALL_TIME: BucketRange = { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER }

const DAY = 86_400_000
/** An event is at most ten minutes ahead of its append time, so a generation has no window beyond this. */
const AHEAD_MS = 3_600_000
const KEPT_READS = 16
const READ_DEADLINE_MS = 10_000
const MAX_KEPT_ROWS = 200_000

export const statesOf = ({ machine }: ViewAccess, rows: readonly SlotRow[]): GroupStates => {
  const byGroup = new Map<number, Map<string, SlotRow[]>>()
  for (const row of rows) {
    const key = encodeKey(row.keys, machine.layout.stateKeys)
    let bucket = byGroup.get(row.bucket)
    if (bucket === undefined) byGroup.set(row.bucket, (bucket = new Map<string, SlotRow[]>()))
    const group = bucket.get(key)
    if (group === undefined) bucket.set(key, [row])
    else group.push(row)
  }
  return new Map(
    [...byGroup].map(([bucket, groups]) => [
      bucket,
      new Map([...groups].map(([key, own]) => [key, machine.fromSlots(own)])),
    ]),
  )
}

export interface BatchParts {
  /** A generation's state of a windowed view; may hold more windows than asked for. Empty when it holds none. */
  states(access: ViewAccess, pointer: Pointer, range: BucketRange): Promise<GroupStates>
  /** Exactly these windows, read once and not kept. */
  once(access: ViewAccess, pointer: Pointer, range: BucketRange): Promise<GroupStates>
}

/** Reads generations, which never change, so what was read is kept for the next question about the same days. */
export const createBatchParts = (reader: BatchReader | null, timers?: Timers): BatchParts => {
  const kept = new Map<string, Promise<GroupStates>>()
  return {
    once: async (access, pointer, range) =>
      pointer.number === 0 || !isHeldBy(access, pointer)
        ? new Map()
        : readStates(reader, access, pointer, range, () => undefined),
    states: async (access, pointer, range) => {
      if (pointer.number === 0 || !isHeldBy(access, pointer)) return new Map()
      const from = range.from === ALL_TIME.from ? range.from : Math.floor(range.from / DAY) * DAY
      const to = Math.min(
        Math.ceil(range.to / DAY) * DAY,
        Math.ceil((pointer.builtAt + AHEAD_MS) / DAY) * DAY,
      )
      if (from >= to) return new Map()
      const id = `${pointer.id} ${access.machine.fingerprint} ${from} ${to}`
      const known = kept.get(id)
      if (known !== undefined) {
        kept.delete(id)
        kept.set(id, known)
        return known
      }
      const read = readStates(reader, access, pointer, { from, to }, () => kept.delete(id))
      kept.set(id, read)
      const [oldest] = kept.keys()
      if (kept.size > KEPT_READS && oldest !== undefined) kept.delete(oldest)
      return within(timers, READ_DEADLINE_MS, `the history of ${access.view.name}`, read)
    },
  }
}

const readStates = async (
  reader: BatchReader | null,
  access: ViewAccess,
  pointer: Pointer,
  range: BucketRange,
  forget: () => void,
): Promise<GroupStates> => {
  try {
    if (reader === null) throw new Error('no warehouse is configured')
    const rows = await reader.slots({ generation: pointer.id, view: access.view.name, ...range })
    if (rows.length > MAX_KEPT_ROWS) forget()
    return statesOf(access, rows)
  } catch (error) {
    forget()
    if (error instanceof PlatformError) throw error
    throw new PlatformError(
      'UNAVAILABLE',
      `the history of generation ${pointer.number} cannot be read for ${access.view.name}`,
      'ask again; `tidewater status` shows what runs',
    )
  }
}
