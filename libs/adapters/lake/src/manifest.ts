import { join } from 'node:path'
import type { FileStore, LakeEntry, TopicPartition } from '@tidewater/ports'
import { endOf, extended, type Chain } from './chain.ts'
import { readJson } from './files.ts'

export const manifestOf = (root: string, place: TopicPartition): string =>
  join(root, 'manifest', place.topic, String(place.partition))

/** `manifest/<topic>/<partition>/<level>-<from>.json`: the name is the key, so a file system decides who was first. */
export const entryName = (level: number, from: number): string =>
  `${level}-${String(from).padStart(16, '0')}.json`

const parseName = (name: string): { level: number; from: number } | null => {
  const match = /^(\d+)-(\d{16})\.json$/.exec(name)
  return match === null ? null : { level: Number(match[1]), from: Number(match[2]) }
}

/** Reads a partition's whole manifest: highest level first, so entries it covers are not even opened. */
export const readChain = async (files: FileStore, directory: string): Promise<Chain> => {
  const names = (await files.list(directory)).map(parseName).filter((name) => name !== null)
  const top = Math.max(-1, ...names.map((name) => name.level))
  const levels: LakeEntry[][] = Array.from({ length: top + 1 }, () => [])
  for (let level = top; level >= 0; level--) {
    const wanted = names
      .filter((name) => name.level === level && name.from >= endOf({ levels }, level))
      .sort((a, b) => a.from - b.from)
    for (const { from } of wanted) {
      if (from !== endOf({ levels }, level)) continue
      const entry = await readEntry(files, directory, level, from)
      if (entry === null) break
      levels[level]?.push(entry)
    }
  }
  return { levels }
}

/**
 * What others have added since `chain` was read: one look at the names, and only new entries are opened. Any level may have
 * grown, also one far above those that are known: then what would follow on them may be deleted already.
 */
export const caughtUp = async (files: FileStore, directory: string, chain: Chain): Promise<Chain> => {
  if (chain.levels.length === 0) return readChain(files, directory)
  const names = await files.list(directory)
  const levels = [...new Set(names.map((name) => parseName(name)?.level ?? 0))].sort((a, b) => a - b)
  const isThere = new Set(names)
  for (let current = chain; ;) {
    const nextOf = (level: number): number => endOf(current, level)
    const grown = levels.find((level) => isThere.has(entryName(level, nextOf(level))))
    if (grown === undefined) return current
    const entry = await readEntry(files, directory, grown, nextOf(grown))
    const next = entry === null ? null : extended(current, entry)
    // An entry wider than what this process has read, or deleted meanwhile: it slept through its parts.
    if (next === null) return readChain(files, directory)
    current = next
  }
}

const readEntry = async (
  files: FileStore,
  directory: string,
  level: number,
  from: number,
): Promise<LakeEntry | null> =>
  counted((await readJson(files, join(directory, entryName(level, from)))) as StoredEntry | null)

/** Entries of before `absent` and `missed` were counted have neither. */
type StoredEntry = Omit<LakeEntry, 'absent' | 'missed'> & Partial<Pick<LakeEntry, 'absent' | 'missed'>>

const counted = (entry: StoredEntry | null): LakeEntry | null =>
  entry === null ? null : { absent: entry.next - entry.from - entry.rows - entry.dead, missed: 0, ...entry }
