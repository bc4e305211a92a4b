import { isAbsolute, join, resolve } from 'node:path'
import type { Lake, LakeEntry, NewLakeEntry } from '@tidewater/ports'
import { endOf, extended, widest } from './chain.ts'
import { openChains, type Chains } from './chains.ts'
import { createExclusively, digestOf, moveDurably } from './files.ts'
import { generationFiles } from './generation-files.ts'
import { localHost, type LakeHost } from './local-host.ts'
import { entryName, manifestOf } from './manifest.ts'
import { retirePartition, type Strangers } from './retire.ts'
import { sweepTemporaries, temporaryIn } from './temporaries.ts'

/**
 * The archive on a local or shared POSIX file system:
 * `data/` Parquet, `manifest/` one file per entry, `generations/` one per number, `tmp/` what is being written.
 * Several processes may use it at once; the manifest alone says what exists, directories are never listed for data.
 */
export const openLake = async (directory: string, host: LakeHost = localHost): Promise<Lake> => {
  const root = resolve(directory)
  await sweepTemporaries(root, host)
  const temporary = () => temporaryIn(root, host)
  const chains = openChains(root, host.files)
  const strangers: Strangers = new Map()
  const entries = async (topic: string): Promise<readonly LakeEntry[]> => {
    const partitions = await chains.partitions(topic)
    const tilings = await Promise.all(partitions.map((partition) => chains.of({ topic, partition })))
    return tilings.flatMap(widest)
  }
  return {
    path: (file) => (isAbsolute(file) ? file : join(root, file)),
    temporary,
    entries,
    next: async (place) => endOf(await chains.of(place), 0),
    add: (entry, file) => addEntry(root, host, chains, entry, file),
    intact: async (entry) => entry.file === null || matches(host, join(root, entry.file), entry),
    retire: async (topic, inUse) => {
      let retired = 0
      for (const partition of await chains.partitions(topic))
        retired += await retirePartition(root, host, chains, strangers, { topic, partition }, inUse)
      return retired
    },
    ...generationFiles(root, host.files, temporary),
  }
}

/** Moves the file in first: an entry never names a file that is not there. */
const addEntry = async (
  root: string,
  host: LakeHost,
  chains: Chains,
  entry: NewLakeEntry,
  temporaryFile: string | null,
): Promise<'added' | 'lost'> => {
  const { files } = host
  const discard = async (file: string | null): Promise<'lost'> => {
    if (file !== null) await files.remove(file)
    return 'lost'
  }
  const { from, next, rows, dead, absent, missed } = entry
  if (next > from && rows + dead + absent + missed !== next - from)
    throw new Error(
      `${rows} rows, ${dead} dead, ${absent} absent and ${missed} missed are not [${from}, ${next}) of ${entry.topic}/${entry.partition}`,
    )
  const chain = await chains.of(entry)
  const file = temporaryFile === null ? null : fileName(entry, host)
  const digest = temporaryFile === null ? { bytes: 0, sha256: null } : await digestOf(files, temporaryFile)
  const full: LakeEntry = { ...entry, file, ...digest }
  if (extended(chain, full) === null) return discard(temporaryFile)
  if (temporaryFile !== null && file !== null) await moveDurably(files, temporaryFile, join(root, file))
  const manifest = join(manifestOf(root, entry), entryName(entry.level, entry.from))
  const placed = file === null ? null : join(root, file)
  if (!(await createExclusively(files, manifest, JSON.stringify(full), temporaryIn(root, host))))
    return discard(placed)
  // A writer that slept may have re-created an entry that was rewritten and deleted meanwhile: a higher level then covers it.
  const now = await chains.of(entry)
  if (endOf(now, entry.level + 1) <= entry.from) return 'added'
  await files.remove(manifest)
  return discard(placed)
}

const fileName = (entry: NewLakeEntry, { nonce }: LakeHost): string => {
  const range = `${entry.from}-${entry.next}.${entry.level}.${nonce()}`
  return join('data', entry.topic, String(entry.partition), `${range}.parquet`)
}

const matches = async ({ files }: LakeHost, path: string, entry: LakeEntry): Promise<boolean> => {
  const found = await files.stat(path)
  return found?.bytes === entry.bytes && (await digestOf(files, path)).sha256 === entry.sha256
}
