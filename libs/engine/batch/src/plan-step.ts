import type { GenerationRecord, GenerationStep, Lake, LakeEntry } from '@tidewater/ports'
import { cutOf } from '@tidewater/seam'
import { topicOf, type EventDefinition } from 'tidewater'
import type { BatchOptions } from './batch-ports.ts'

/** Every so many generations one is made of all records: the room that steps leave behind in a file is given back. */
const FULL_EVERY = 24

export const isMadeOfAll = (number: number): boolean => number % FULL_EVERY === 0

/**
 * How a generation goes on from an earlier one; null when that holds no view as it is defined now. Which files are read follows
 * from what is new, not from how much there is: entries are named by their offsets, however they were joined since.
 */
export const planStep = (
  { path }: Pick<Lake, 'path'>,
  { catalog, machines }: Pick<BatchOptions, 'catalog' | 'machines'>,
  { id, cuts: earlier, fingerprints }: Pick<GenerationRecord, 'id' | 'cuts' | 'fingerprints'>,
  cuts: GenerationRecord['cuts'],
  /** What lies below the cuts, by event name. */
  entries: ReadonlyMap<string, readonly LakeEntry[]>,
): GenerationStep | null => {
  const goesOn = (topic: string): boolean =>
    earlier.every((end) => end.topic !== topic || cutOf({ cuts }, end) >= end.cut)
  const views = [...machines].flatMap(([name, { fingerprint, view }]) =>
    fingerprints[name] === fingerprint && goesOn(topicOf(view.from)) ? [name] : [],
  )
  if (views.length === 0) return null
  const added = new Map<string, readonly string[]>()
  const near = new Map<string, readonly string[]>()
  for (const event of new Set(views.map((name) => machines.get(name)?.view.from ?? ''))) {
    const definition = catalog.events.get(event)
    if (definition === undefined) continue
    const own = entries.get(event) ?? []
    const paths = (some: readonly LakeEntry[]): readonly string[] =>
      some.flatMap(({ file }) => (file === null ? [] : [path(file)]))
    added.set(event, paths(own.filter((entry) => entry.next > cutOf({ cuts: earlier }, entry))))
    near.set(event, paths(nearOf(definition, earlier, own)))
  }
  return { id, cuts: earlier, views, added, near }
}

/** Entries with records below the earlier cuts that a later one may be a copy of: those within the horizon of append time (I2). */
const nearOf = (
  { horizonMs, madeBy }: EventDefinition,
  cuts: GenerationRecord['cuts'],
  entries: readonly LakeEntry[],
): readonly LakeEntry[] => {
  const end = (entry: LakeEntry): number => cutOf({ cuts }, entry)
  const grown = new Set(entries.filter((entry) => entry.next > end(entry)).map(({ partition }) => partition))
  /** Append time never goes back, so no later record is from before the last whole entry below the cut. */
  const since = new Map<number, number>()
  for (const entry of entries)
    if (entry.next <= end(entry))
      since.set(entry.partition, Math.max(since.get(entry.partition) ?? -Infinity, entry.lastAppended))
  return entries.filter(
    (entry) =>
      grown.has(entry.partition) &&
      entry.from < end(entry) &&
      // what the platform sends is told by its origin, however long ago it was sent (O1)
      (madeBy !== null || entry.lastAppended >= (since.get(entry.partition) ?? -Infinity) - horizonMs),
  )
}
