import type { OffsetVector } from '@tidewater/ports'
import type { Pointer } from '@tidewater/seam'
import { isComplete } from '@tidewater/seam'
import type { Layer } from '@tidewater/merge'
import { formatInstant } from './format-values.ts'
import type { PartitionPart, ViewRead } from './read-together.ts'
import type { Partitions } from './partitions.ts'

/** How fresh and how whole an answer is. Members are asked for one by one, so an answer pays only for what it shows. */
export interface Freshness {
  readonly asOf: string
  readonly generation: number
  builtAt(): string | null
  cut(): OffsetVector
  offsets(): OffsetVector
  watermark(): string | null
  lagMs(): Promise<number>
  degraded(): readonly string[]
}

export interface FreshnessInput {
  readonly read: ViewRead
  readonly asOf: number
  readonly layer: Layer
  readonly now: number
  readonly partitions: Partitions
  /** What the answer has seen, when that is not what was read. */
  readonly offsets?: OffsetVector
  /** Names of what is incomplete in the answer itself. */
  readonly degraded: () => readonly string[]
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

/** Time since the last applied append on a partition that still has records to apply; 0 when all are applied. */
const lagOf = async ({ access, parts }: ViewRead, partitions: Partitions, now: number): Promise<number> => {
  const ends = new Map(
    (await partitions.bounds(access.topic)).map(({ partition, high }) => [partition, high]),
  )
  let lag = 0
  for (const { partition } of parts) {
    const { nextOffset, lastAppended } = partition.header
    if (nextOffset >= (ends.get(partition.place.partition) ?? 0)) continue
    lag = Math.max(lag, lastAppended === 0 ? 1 : now - lastAppended)
  }
  return lag
}

const degradedOf = ({ read, asOf, degraded }: FreshnessInput): readonly string[] => {
  const names = new Set(degraded())
  if (isBuilding(read)) names.add('building')
  const { longestWindowMs } = read.access
  const newest = newestEvent(read)
  // Zeros of windows that end long after the last event are true, but rarely what was meant (replayed history).
  if (longestWindowMs > 0 && newest !== null && newest < asOf - longestWindowMs)
    names.add('windows-after-last-event')
  return [...names]
}

/** C5: some partition has records of the view in neither layer. */
export const isBuilding = ({ access, pointer, parts }: ViewRead): boolean => {
  const { fingerprint } = access.machine
  if (pointer.number > 0 && pointer.fingerprints[access.view.name] !== fingerprint) return true
  return parts.some(({ partition }) => !isComplete(partition.header, pointer, partition.place, fingerprint))
}

const builtAt = (pointer: Pointer): string | null =>
  pointer.number === 0 ? null : formatInstant(pointer.builtAt)

export const freshnessOf = (input: FreshnessInput): Freshness => {
  const { read, asOf, layer } = input
  return {
    asOf: formatInstant(asOf),
    generation: read.pointer.number,
    builtAt: () => builtAt(read.pointer),
    cut: () => vectorOf(read.parts, ({ partition }) => partition.cut),
    offsets: () => input.offsets ?? offsetsOf(read, layer),
    watermark: () => {
      const watermark = watermarkOf(read)
      return watermark === null ? null : formatInstant(watermark)
    },
    lagMs: () => lagOf(read, input.partitions, input.now),
    degraded: () => degradedOf(input),
  }
}
