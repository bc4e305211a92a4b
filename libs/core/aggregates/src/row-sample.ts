import { md5Prefix, putCount } from '@tidewater/base'
import type { ByteReader, Exact } from '@tidewater/base'
import type { Value } from '@tidewater/expr'
import { addTotal, boundOfTotals, putTotals, readTotals, totalsOf } from './totals.ts'

/**
 * A sample of the rows that is counted exactly. Each row has a level, drawn by a hash of its place in the log: half of all rows have
 * 0, a quarter 1, an eighth 2 … What is kept is how many rows of each level each value has, at all levels from `level` on: the
 * lowest at which there are at most `counters` such counts. So what is kept is a function of the rows alone, however they were
 * divided and mergeSamples, and it is all rows while they need no more counters. See docs/decisions/012.
 */
export interface Sample {
  level: number
  /** By level and value: '03shoes'. */
  counts: Map<string, Exact>
}

/** null is the sample of no row: most groups never need one. */
export type RowSample = Sample | null

export const emptySample = (): Sample => ({ level: 0, counts: new Map() })

/** How many 0s the hash of a place begins with. */
const levelOf = (partition: number, offset: number): number => {
  const hash = md5Prefix(`${partition}/${offset}`)
  const high = Math.floor(hash / 2 ** 24)
  return high > 0 ? Math.clz32(high) - 8 : Math.clz32(hash) + 16
}

const levelOfKey = (key: string): number => Number(key.slice(0, 2))
const keyOf = (level: number, value: Value): string => `${String(level).padStart(2, '0')}${String(value)}`

/** Only rows from `level` on, and of those as many levels as there are counters for. */
const raised = (sample: Sample, level: number, counters: number): Sample => {
  const { counts } = sample
  const dropBelow = (lowest: number): void => {
    if (lowest <= sample.level) return
    for (const key of counts.keys()) if (levelOfKey(key) < lowest) counts.delete(key)
    sample.level = lowest
  }
  dropBelow(level)
  if (counts.size > counters) {
    const levels = [...counts.keys()].map(levelOfKey).sort((a, b) => b - a)
    dropBelow((levels[counters] ?? 0) + 1)
  }
  return sample
}

export const addToSample = (
  kept: RowSample,
  value: Value,
  partition: number,
  offset: number,
  counters: number,
): RowSample => {
  const level = levelOf(partition, offset)
  const sample = kept ?? emptySample()
  if (level < sample.level) return sample
  addTotal(sample.counts, keyOf(level, value), 1)
  return sample.counts.size > counters ? raised(sample, 0, counters) : sample
}

/** `into` is changed, `from` is not. */
export const mergeSamples = (into: RowSample, from: RowSample, counters: number): RowSample => {
  if (from === null) return into
  const sample = into ?? emptySample()
  for (const [key, count] of from.counts)
    if (levelOfKey(key) >= sample.level) addTotal(sample.counts, key, count)
  return raised(sample, from.level, counters)
}

export const takeSample = (
  into: RowSample,
  level: number | null,
  items: readonly string[] | null,
  counters: number,
): RowSample => {
  const counts = totalsOf(items)
  if (counts === null && !level) return into
  return mergeSamples(into, { level: level ?? 0, counts: counts ?? new Map<string, Exact>() }, counters)
}

/** The byte form: the level, one more so that 0 is the sample of no row, and the counts. */
export const putSample = (bytes: Uint8Array, at: number, kept: RowSample): number =>
  kept === null ? putCount(bytes, at, 0) : putTotals(bytes, putCount(bytes, at, kept.level + 1), kept.counts)

export const readSample = (reader: ByteReader): RowSample => {
  const level = reader.count()
  return level === 0 ? null : { level: level - 1, counts: readTotals(reader) ?? new Map<string, Exact>() }
}

export const boundOfSample = (kept: RowSample): number => (kept === null ? 0 : boundOfTotals(kept.counts))
