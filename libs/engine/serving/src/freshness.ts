import { PlatformError } from '@tidewater/base'
import type { OffsetVector } from '@tidewater/ports'
import { isComplete, lacksPart } from '@tidewater/seam'
import type { Layer } from '@tidewater/merge'
import { formatInstant } from './format-values.ts'
import type { PartitionPart, ViewRead } from './read-together.ts'
import type { LogEnds, Partitions } from './partitions.ts'

/** How fresh and how whole an answer is. Members are asked for one by one, so an answer pays only for what it shows. */
export interface Freshness {
  readonly asOf: string
  readonly generation: number
  builtAt(): string | null
  cut(): OffsetVector
  offsets(): OffsetVector
  watermark(): string | null
  lagMs(): Promise<number>
  degraded(): Promise<readonly string[]>
}

export interface FreshnessInput {
  readonly read: ViewRead
  readonly asOf: number
  readonly layer: Layer
  readonly now: number
  readonly partitions: Partitions
  /** What the archive had of it, when the answer was recomputed from there; null: it is of the kept state. */
  readonly past: OffsetVector | null
  /** Names of what is incomplete in the rows themselves. */
  readonly degraded: () => readonly string[]
}

export const freshnessOf = (input: FreshnessInput): Freshness => {
  const { read, asOf, layer } = input
  const { pointer, parts } = read
  // Asked once, so that the lag and what is said of it are of one moment.
  let asked: Promise<LogEnds> | null = null
  const ends = (): Promise<LogEnds> => (asked ??= input.partitions.ends(read.access.topic))
  return {
    asOf: formatInstant(asOf),
    generation: pointer.number,
    builtAt: () => (pointer.number === 0 ? null : formatInstant(pointer.builtAt)),
    cut: () => vectorOf(parts, ({ partition }) => partition.cut),
    offsets: () => input.past ?? offsetsOf(read, layer),
    watermark: () => {
      const watermark = watermarkOf(read)
      return watermark === null ? null : formatInstant(watermark)
    },
    lagMs: async () => lagOf(input, await ends()),
    degraded: async () => degradedOf(input, await ends()),
  }
}

const vectorOf = (parts: readonly PartitionPart[], next: (part: PartitionPart) => number): OffsetVector =>
  parts.map((part) => ({ ...part.partition.place, next: next(part) }))

export const offsetsOf = ({ parts }: ViewRead, layer: Layer): OffsetVector =>
  vectorOf(parts, ({ partition }) => (layer === 'BATCH' ? partition.cut : partition.next))

/** The newest event time the read partitions have applied, ms. */
export const newestEvent = ({ parts }: Pick<ViewRead, 'parts'>): number | null => {
  let newest: number | null = null
  for (const { partition } of parts) {
    const { maxEventTime } = partition.header
    if (maxEventTime !== null && (newest === null || maxEventTime > newest)) newest = maxEventTime
  }
  return newest
}

const watermarkOf = ({ access, parts }: ViewRead): number | null => {
  const times = parts.flatMap(({ partition }) => partition.header.maxEventTime ?? [])
  return times.length === 0 ? null : Math.min(...times) - access.event.latenessMs
}

/**
 * Time since the last applied append on a partition that still has records to apply; 0 when all are applied. Of one that stands
 * still whatever the log says: it may be another log than the one that was applied.
 */
const lagOf = ({ read, now }: FreshnessInput, { byPartition }: LogEnds): number => {
  let lag = 0
  for (const { partition } of read.parts) {
    const { nextOffset, lastAppended, halted } = partition.header
    const end = byPartition.get(partition.place.partition)
    if (halted === null && (end === undefined || nextOffset >= end.high)) continue
    const built = partition.cut > 0 ? read.pointer.builtAt : (end?.seenAt ?? now)
    lag = Math.max(lag, now - (lastAppended === 0 ? built : lastAppended), 1)
  }
  return lag
}

const degradedOf = async (input: FreshnessInput, { isCurrent }: LogEnds): Promise<readonly string[]> => {
  const { read, asOf, partitions, past } = input
  const names = new Set(input.degraded())
  if (past !== null) names.add('history')
  else for (const name of [...gapsOf(read), ...(await behindOf(read, partitions))]) names.add(name)
  for (const name of missingOf(read)) names.add(name)
  const { longestWindowMs } = read.access
  const newest = newestEvent(read)
  // Zeros of windows that end long after the last event are true, but rarely what was meant (replayed history).
  if (longestWindowMs > 0 && newest !== null && newest < asOf - longestWindowMs)
    names.add('windows-after-last-event')
  if (!isCurrent) names.add('lag-unknown')
  return [...names]
}

/** Partitions whose archive lacks records for good: retention was faster. */
export const missingOf = ({ access, pointer, parts }: ViewRead): readonly string[] => {
  const below = pointer.cuts.filter(({ topic, missed }) => topic === access.topic && missed !== undefined)
  const beyond = parts.flatMap(({ partition: { header, place } }) => (header.missing ? [place] : []))
  return [...below, ...beyond].map(({ topic, partition }) => `missing:${topic}/${partition}`)
}

/** What an answer of the kept state may lack that other answers have, or had before, by name; empty: nothing. */
export const gapsOf = (read: ViewRead): readonly string[] => {
  const gaps = isBuilding(read) ? ['building'] : []
  for (const { partition } of read.parts) {
    const { topic, partition: number } = partition.place
    if (partition.header.rebuildTo !== null) gaps.push(`rebuilding:${topic}/${number}`)
    if (partition.header.halted !== null) gaps.push(`halted:${topic}/${number}`)
  }
  return gaps
}

/** R4: partitions whose archive holds records that the state has not applied (again), for it may lose its newest commits. */
const behindOf = async ({ parts }: ViewRead, partitions: Partitions): Promise<readonly string[]> => {
  const names: string[] = []
  for (const { partition } of parts) {
    const { place, header } = partition
    const isNamed = header.rebuildTo !== null || header.halted !== null
    if (!isNamed && header.nextOffset < (await partitions.archived(place)))
      names.push(`behind:${place.topic}/${place.partition}`)
  }
  return names
}

/** C5: some partition has records of the view in neither layer. The part of a view with window is in the warehouse. */
const isBuilding = ({ access, pointer, parts }: ViewRead): boolean => {
  const { fingerprint } = access.machine
  if (pointer.number > 0 && pointer.fingerprints[access.view.name] !== fingerprint) return true
  const isStored = access.view.window === null
  return parts.some(
    ({ partition: { header, place } }) =>
      !isComplete(header, pointer, place, fingerprint) ||
      (isStored && lacksPart(header, pointer, fingerprint)),
  )
}

/** R4: `null` means never seen, so it is answered only where nothing is missing. Throws `NOT_READY`. */
export const checkNothingMissing = async (read: ViewRead, partitions: Partitions): Promise<void> => {
  const gaps = [...gapsOf(read), ...(await behindOf(read, partitions))]
  if (gaps.length === 0) return
  const { name } = read.access.view
  throw new PlatformError(
    'NOT_READY',
    `${name} has no row of this key yet, but it is not whole: ${gaps.join(', ')}`,
    gaps.includes('building')
      ? 'ask again when a generation holds the view: `tidewater generation` builds one now'
      : 'ask again in a moment; `tidewater status` shows how far it is',
  )
}
