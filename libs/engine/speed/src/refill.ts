import type { ArchivedLog, Lake, LakeEntry, LogRecord, Nonce, StateStore } from '@tidewater/ports'
import { markMissing } from '@tidewater/seam'
import type { LaneLimits } from './lane-ports.ts'
import type { Task } from './task.ts'

export interface RefillPorts {
  readonly lake: Pick<Lake, 'entries'>
  readonly archived: ArchivedLog
  readonly store: StateStore
  readonly nonce: Nonce
}

/**
 * Applies from the lake what the log no longer has, whole entries up to `to` or beyond, and stores it: what is needed, and before
 * that the ids that it may be copies of. False: the task was set back or closed meanwhile, so it must be taken again. Offsets
 * whose records were lost before they were archived are passed, as generations pass them (semantics A1), and answers say so.
 */
export const refill = async (
  { lake, archived, store, nonce }: RefillPorts,
  task: Task,
  to: number,
  limits: Pick<LaneLimits, 'maxChanges' | 'maxUncommitted'>,
): Promise<boolean> => {
  const isFull = (): boolean =>
    task.state.changes >= limits.maxChanges || task.uncommitted >= limits.maxUncommitted
  const apply = async (records: readonly LogRecord[], next: number): Promise<boolean> => {
    const from = task.position
    if (next <= from) return true
    if ((await task.step(from, records, 0, records.length, next)) === 'reset') return false
    return !isFull() || (await stored(task))
  }
  const entries = unapplied(await lake.entries(task.place.topic), task, to)
  const since = idsSince(entries, task)
  for (const entry of entries) {
    const isNeeded = entry.next > task.runsFrom
    if (!isNeeded && entry.lastAppended < since) continue
    // A mark that is new refuses the next commit once: the partition is taken again under it.
    if (entry.missed > 0 && isNeeded) await markMissing(store, task.place, nonce)
    if (!(await apply([], entry.from))) return false
    for await (const records of withDead(entry, archived.records(entry, isNeeded ? -Infinity : since)))
      if (!(await apply(records, (records.at(-1)?.offset ?? -1) + 1))) return false
    if (!(await apply([], entry.next))) return false
  }
  // what is left was appended longer ago than any copy is told by
  return (await apply([], to)) && stored(task)
}

/** A commit that was refused has moved the task. */
const stored = async (task: Task): Promise<boolean> => {
  while (task.open && task.uncommitted > 0) if ((await task.commit()) === 'redo') return false
  return task.open
}

/** Those of the partition before `to` that are not applied yet. */
const unapplied = (entries: readonly LakeEntry[], { place, position }: Task, to: number) =>
  entries.filter(({ partition, from, next }) => partition === place.partition && from < to && next > position)

/** What was appended before it is nothing that a needed record may be a copy of, ms. */
const idsSince = (entries: readonly LakeEntry[], { runsFrom, source }: Task): number => {
  if (source.isSent) return -Infinity
  const before = entries.findLast(({ next }) => next <= runsFrom)
  return (before?.lastAppended ?? -Infinity) - source.horizonMs
}

/** The lake knows how many records of an entry are dead, not which: they stand where it has no row, and are found dead again. */
async function* withDead(
  entry: LakeEntry,
  chunks: AsyncIterable<readonly LogRecord[]>,
): AsyncGenerator<readonly LogRecord[]> {
  let { dead, from: free } = entry
  const deadBelow = (offset: number): LogRecord[] => {
    const count = Math.min(dead, offset - free)
    const records = Array.from({ length: count }, (_, n) => deadAt(free + n))
    dead -= count
    free = offset + 1
    return records
  }
  for await (const records of chunks) yield records.flatMap((record) => [...deadBelow(record.offset), record])
  yield deadBelow(entry.next)
}

const deadAt = (offset: number): LogRecord => ({
  ...{ offset, appendedAt: 0, key: null, value: null, headers: {} },
})
