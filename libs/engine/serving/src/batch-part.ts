import { PlatformError, isPlatformError } from '@tidewater/base'
import type { JoinedRows } from '@tidewater/merge'
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

const HOUR = 3_600_000
const DAY = 86_400_000
/** A week of minutes: fewer windows are read once and kept. */
const MANY_WINDOWS = 10_080
/** An event is at most ten minutes ahead of its append time, so a generation has no window beyond this. */
const AHEAD_MS = HOUR
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

export interface JoinedPart {
  rows(rows: JoinedRows): AsyncIterable<GroupStates>
  count(rows: JoinedRows): Promise<number>
}

export interface BatchParts {
  /** A generation's state of a windowed view, in order of the windows. */
  windows(access: ViewAccess, pointer: Pointer, range: BucketRange): AsyncIterable<GroupStates>
  /** Whether these windows are known, or bound, to be more than are kept. */
  areMany(access: ViewAccess, pointer: Pointer, range: BucketRange): boolean
  /** The warehouse's own joining of them (see `JoinedRows`); null: it has none, or no part of this view. */
  joined(access: ViewAccess, pointer: Pointer): JoinedPart | null
  /** Exactly these windows, read once and not kept. */
  once(access: ViewAccess, pointer: Pointer, range: BucketRange): Promise<GroupStates>
}

/** Reads generations, which never change, so what was read is kept for the next question about the same days. */
export const createBatchParts = (reader: BatchReader | null, timers?: Timers): BatchParts => {
  const kept = createKept()
  const read = (access: ViewAccess, pointer: Pointer, range: BucketRange): AsyncIterable<GroupStates> => {
    const reading = { timers, access, pointer }
    return windowsOf(
      access,
      readSlots(reading, () => {
        if (reader === null) throw failed(reading)
        return reader.slots({ ...nameOf(access, pointer), ...range })
      }),
    )
  }
  return {
    windows: async function* (access, pointer, asked) {
      const range = wholeDays(asked, pointer)
      if (!hasPart(access, pointer) || range.from >= range.to) return
      const id = idOf(access, pointer, range)
      const known = await kept.get(id)
      for await (const windows of known === null ? kept.keeping(id, read(access, pointer, range)) : [known])
        yield new Map([...windows].filter(([bucket]) => bucket >= asked.from && bucket < asked.to))
    },
    areMany: (access, pointer, asked) => {
      const range = wholeDays(asked, pointer)
      const { window } = access.view
      const ms = window?.kind === 'duration' ? window.ms : HOUR
      return (range.to - range.from) / ms > MANY_WINDOWS || kept.isLarge(idOf(access, pointer, range))
    },
    joined: (access, pointer) => {
      const joined = reader?.joined
      if (joined === undefined || !hasPart(access, pointer)) return null
      const query = nameOf(access, pointer)
      const reading = { timers, access, pointer }
      return {
        rows: (rows) =>
          windowsOf(
            access,
            readSlots(reading, () => joined.rows({ ...query, rows })),
          ),
        count: (rows) => answered(reading, joined.count({ ...query, rows })),
      }
    },
    once: async (access, pointer, range) => {
      if (!hasPart(access, pointer)) return new Map()
      const states = new Map<number, ReadonlyMap<string, State>>()
      for await (const windows of read(access, pointer, range))
        for (const [bucket, groups] of windows) states.set(bucket, groups)
      return states
    },
  }
}

const hasPart = (access: ViewAccess, pointer: Pointer): boolean =>
  pointer.number > 0 && isHeldBy(access, pointer)

const nameOf = ({ view }: ViewAccess, { id }: Pointer): { generation: string; view: string } => ({
  generation: id,
  view: view.name,
})

const idOf = ({ machine }: ViewAccess, { id }: Pointer, { from, to }: BucketRange): string =>
  `${id} ${machine.fingerprint} ${from} ${to}`

const wholeDays = ({ from, to }: BucketRange, { builtAt }: Pointer): BucketRange => ({
  from: from === ALL_TIME.from ? from : Math.floor(from / DAY) * DAY,
  to: Math.min(Math.ceil(to / DAY) * DAY, Math.ceil((builtAt + AHEAD_MS) / DAY) * DAY),
})

interface Reading {
  readonly timers: Timers | undefined
  readonly access: ViewAccess
  readonly pointer: Pointer
}

const failed = ({ access, pointer }: Reading): PlatformError =>
  new PlatformError(
    'UNAVAILABLE',
    `the history of generation ${pointer.number} cannot be read for ${access.view.name}`,
    'ask again; `tidewater status` shows what runs',
  )

/** What the warehouse says; it may neither fail with words nobody understands nor hang. */
const answered = async <T>(reading: Reading, work: Promise<T>): Promise<T> => {
  try {
    return await within(reading.timers, READ_DEADLINE_MS, `the history of ${reading.access.view.name}`, work)
  } catch (error) {
    throw isPlatformError(error) ? error : failed(reading)
  }
}

async function* readSlots(
  reading: Reading,
  open: () => AsyncIterable<readonly SlotRow[]>,
): AsyncGenerator<readonly SlotRow[]> {
  const rows = open()[Symbol.asyncIterator]()
  let isOver = false
  try {
    while (!isOver) {
      const next = await answered(reading, rows.next())
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
