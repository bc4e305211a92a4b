import { PlatformError, isPlatformError } from '@tidewater/base'
import { encodeKey } from '@tidewater/plan'
import type { SlotRow, State } from '@tidewater/plan'
import type { BatchReader, Timers } from '@tidewater/ports'
import type { Pointer } from '@tidewater/seam'
import { within } from './deadline.ts'
import { MAX_KEPT_ROWS, createKept, type GroupStates } from './kept-windows.ts'
import { tooManyRows } from './too-costly.ts'
import { isHeldBy } from './view-access.ts'
import type { ViewAccess } from './view-access.ts'

/** Window starts that are read: from <= start < to, ms. */
export interface BucketRange {
  readonly from: number
  readonly to: number
}

export const ALL_TIME: BucketRange = { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER }

const DAY = 86_400_000
/** An event is at most ten minutes ahead of its append time, so a generation has no window beyond this. */
const AHEAD_MS = 3_600_000
const READ_DEADLINE_MS = 10_000

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
  /** A generation's state of a windowed view, in order of the windows; may hold more of them than asked for. */
  windows(access: ViewAccess, pointer: Pointer, range: BucketRange): AsyncIterable<GroupStates>
  /** Exactly these windows, read once and not kept. */
  once(access: ViewAccess, pointer: Pointer, range: BucketRange): Promise<GroupStates>
}

/** Reads generations, which never change, so what was read is kept for the next question about the same days. */
export const createBatchParts = (reader: BatchReader | null, timers?: Timers): BatchParts => {
  const kept = createKept()
  const read = (access: ViewAccess, pointer: Pointer, range: BucketRange): AsyncIterable<GroupStates> =>
    windowsOf(access, readSlots({ reader, timers, access, pointer, range }))
  return {
    windows: async function* (access, pointer, asked) {
      const range = wholeDays(asked, pointer)
      if (pointer.number === 0 || !isHeldBy(access, pointer) || range.from >= range.to) return
      const id = `${pointer.id} ${access.machine.fingerprint} ${range.from} ${range.to}`
      const known = await kept.get(id)
      if (known === null) yield* kept.keeping(id, read(access, pointer, range))
      else yield known
    },
    once: async (access, pointer, range) => {
      if (pointer.number === 0 || !isHeldBy(access, pointer)) return new Map()
      const states = new Map<number, ReadonlyMap<string, State>>()
      for await (const windows of read(access, pointer, range))
        for (const [bucket, groups] of windows) states.set(bucket, groups)
      return states
    },
  }
}

const wholeDays = ({ from, to }: BucketRange, { builtAt }: Pointer): BucketRange => ({
  from: from === ALL_TIME.from ? from : Math.floor(from / DAY) * DAY,
  to: Math.min(Math.ceil(to / DAY) * DAY, Math.ceil((builtAt + AHEAD_MS) / DAY) * DAY),
})

interface Reading {
  readonly reader: BatchReader | null
  readonly timers: Timers | undefined
  readonly access: ViewAccess
  readonly pointer: Pointer
  readonly range: BucketRange
}

/** Rows of the warehouse; it may neither fail with words nobody understands nor hang. */
async function* readSlots({
  reader,
  timers,
  access,
  pointer,
  range,
}: Reading): AsyncGenerator<readonly SlotRow[]> {
  const view = access.view.name
  const failed = (): PlatformError =>
    new PlatformError(
      'UNAVAILABLE',
      `the history of generation ${pointer.number} cannot be read for ${view}`,
      'ask again; `tidewater status` shows what runs',
    )
  if (reader === null) throw failed()
  const rows = reader.slots({ generation: pointer.id, view, ...range })[Symbol.asyncIterator]()
  let isOver = false
  try {
    while (!isOver) {
      const next = await within(timers, READ_DEADLINE_MS, `the history of ${view}`, rows.next()).catch(
        (error: unknown) => {
          throw isPlatformError(error) ? error : failed()
        },
      )
      isOver = next.done === true
      if (next.done !== true) yield next.value
    }
  } finally {
    // One that hangs would hang here too: it ends by itself.
    if (!isOver) void rows.return?.().catch(() => undefined)
  }
}

/** Rows that come in order of their windows, as the states of whole windows. */
async function* windowsOf(
  access: ViewAccess,
  chunks: AsyncIterable<readonly SlotRow[]>,
): AsyncGenerator<GroupStates> {
  let open: SlotRow[] = []
  for await (const chunk of chunks) {
    open.push(...chunk)
    if (open.some(({ bucket }, i) => bucket < (open[i - 1]?.bucket ?? bucket)))
      throw new Error(`windows of ${access.view.name} came out of order`)
    const newest = open.at(-1)?.bucket
    const ended = open.filter(({ bucket }) => bucket !== newest)
    open = open.filter(({ bucket }) => bucket === newest)
    if (open.length > MAX_KEPT_ROWS) throw tooManyRows(access)
    if (ended.length > 0) yield statesOf(access, ended)
  }
  if (open.length > 0) yield statesOf(access, open)
}
