import type { LakeEntry, LoadedRows } from '@tidewater/ports'

export type LoadStep =
  | { readonly kind: 'done' }
  /** Rows of `entry` at or above `from` are missing. */
  | { readonly kind: 'load'; readonly entry: LakeEntry; readonly from: number; readonly after: LoadedRows }
  /** The counts contradict the manifest. */
  | { readonly kind: 'repair' }

/**
 * What a raw table lacks of a partition, by count alone (semantics A1): loads are in order and atomic, so what it holds is a
 * prefix, and the rows of the entries below must be exactly there. An entry loaded in parts (it was widened since) is completed.
 */
export const nextLoad = (entries: readonly LakeEntry[], loaded: LoadedRows): LoadStep => {
  let below = 0
  for (const entry of entries) {
    if (entry.rows === 0) continue
    const present = loaded.rows - below
    if (present < 0) return { kind: 'repair' }
    if (present < entry.rows) {
      const inside = loaded.next > entry.from
      if (present > 0 !== inside || loaded.next >= entry.next) return { kind: 'repair' }
      const after = { rows: below + entry.rows, next: entry.next }
      return { kind: 'load', entry, from: Math.max(entry.from, loaded.next), after }
    }
    if (loaded.next <= entry.from) return { kind: 'repair' }
    below += entry.rows
  }
  return loaded.rows === below ? { kind: 'done' } : { kind: 'repair' }
}

/** No row below this offset can be an earlier copy, within the horizon, of a row of `entry` (semantics I2). */
export const horizonStart = (entries: readonly LakeEntry[], entry: LakeEntry, horizonMs: number): number => {
  const before = entries.findLast((other) => other.next <= entry.from)
  const earliest = (before?.lastAppended ?? 0) - horizonMs
  return entries.find((other) => other.lastAppended >= earliest)?.from ?? 0
}
