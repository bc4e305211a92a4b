import type { LakeEntry } from '@tidewater/ports'

/**
 * The manifest entries of one partition. Every level is an append-only chain created exclusively by `from`:
 * level 0 by archivers, level n by rewriting whole entries of lower levels from where level n ends.
 * So entries nest, and the tiling of widest entries is: the highest level as far as it reaches, then the next lower one.
 */
export interface Chain {
  /** levels[n], ordered; a level may have lost entries that a higher one covers. */
  readonly levels: readonly (readonly LakeEntry[])[]
}

export const EMPTY_CHAIN: Chain = { levels: [] }

/** Where the next entry of a level starts: the end of that level and all above it. endOf(chain, 0) is the end of the archive. */
export const endOf = (chain: Chain, level: number): number => {
  let end = 0
  for (let index = level; index < chain.levels.length; index++)
    end = Math.max(end, chain.levels[index]?.at(-1)?.next ?? 0)
  return end
}

/** The tiling of widest entries, in order, from offset 0. */
export const widest = (chain: Chain): readonly LakeEntry[] => {
  const tiles: LakeEntry[] = []
  let position = 0
  for (let level = chain.levels.length - 1; level >= 0; level--)
    for (const entry of chain.levels[level] ?? []) {
      if (entry.from !== position) continue
      tiles.push(entry)
      position = entry.next
    }
  return tiles
}

/** Adds an entry at the end of its level; null when it does not fit: an empty range, another start, or an end that cuts a lower entry. */
export const extended = (chain: Chain, entry: LakeEntry): Chain | null => {
  if (entry.next <= entry.from || entry.from !== endOf(chain, entry.level)) return null
  if (entry.level > 0 && !widest(chain).some((tile) => tile.next === entry.next)) return null
  const levels = Array.from(
    { length: Math.max(chain.levels.length, entry.level + 1) },
    (_, n) => chain.levels[n] ?? [],
  )
  levels[entry.level] = [...(levels[entry.level] ?? []), entry]
  return { levels }
}

/** Entries the tiling does not need: covered whole by a higher level. */
export const covered = (chain: Chain): readonly LakeEntry[] => {
  const kept = new Set(widest(chain))
  return chain.levels.flatMap((level) => level.filter((entry) => !kept.has(entry)))
}

export const without = (chain: Chain, gone: ReadonlySet<LakeEntry>): Chain => ({
  levels: chain.levels.map((level) => level.filter((entry) => !gone.has(entry))),
})
