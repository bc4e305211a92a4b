import { randomBytes } from 'node:crypto'
import { mkdir, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import type { Lake, LakeEntry, NewLakeEntry, TopicPartition } from '@tidewater/ports'
import { covered, EMPTY_CHAIN, endOf, extended, widest, without, type Chain } from './chain.ts'
import { createExclusively, digestOf, moveDurably, namesIn } from './files.ts'
import { generationFiles } from './generation-files.ts'
import { caughtUp, entryName } from './manifest.ts'

/**
 * The archive on a local or shared POSIX file system:
 * `data/` Parquet, `manifest/` one file per entry, `generations/` one per number, `tmp/` what is being written.
 * Several processes may use it at once; the manifest alone says what exists, directories are never listed for data.
 */
export const openLake = async (directory: string): Promise<Lake> => {
  const root = resolve(directory)
  const temporaries = join(root, 'tmp')
  await mkdir(temporaries, { recursive: true })
  await sweepTemporaries(temporaries)
  const temporary = () => join(temporaries, `${hostname()}.${process.pid}.${randomBytes(6).toString('hex')}`)
  const chains = openChains(root)
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
    add: (entry, file) => addEntry(root, chains, temporary, entry, file),
    intact: async (entry) => entry.file === null || matches(join(root, entry.file), entry),
    retire: async (topic, inUse) => {
      let retired = 0
      for (const partition of await chains.partitions(topic))
        retired += await retirePartition(root, chains, { topic, partition }, inUse)
      return retired
    },
    ...generationFiles(root, temporary),
  }
}

const manifestOf = (root: string, place: TopicPartition): string =>
  join(root, 'manifest', place.topic, String(place.partition))

/** The manifest of every partition as far as this process has read it. */
const openChains = (root: string) => {
  const chains = new Map<string, Chain>()
  const keyOf = (place: TopicPartition) => `${place.topic}/${place.partition}`
  return {
    of: async (place: TopicPartition): Promise<Chain> => {
      const chain = await caughtUp(manifestOf(root, place), chains.get(keyOf(place)) ?? EMPTY_CHAIN)
      chains.set(keyOf(place), chain)
      return chain
    },
    set: (place: TopicPartition, chain: Chain): void => void chains.set(keyOf(place), chain),
    partitions: async (topic: string): Promise<readonly number[]> =>
      (await namesIn(join(root, 'manifest', topic)))
        .filter((name) => /^\d+$/.test(name))
        .map(Number)
        .sort((a, b) => a - b),
  }
}
type Chains = ReturnType<typeof openChains>

const discard = async (file: string | null): Promise<'lost'> => {
  if (file !== null) await rm(file, { force: true })
  return 'lost'
}

/** Moves the file in first: an entry never names a file that is not there. */
const addEntry = async (
  root: string,
  chains: Chains,
  temporary: () => string,
  entry: NewLakeEntry,
  temporaryFile: string | null,
): Promise<'added' | 'lost'> => {
  const chain = await chains.of(entry)
  const file = temporaryFile === null ? null : fileName(entry)
  const digest = temporaryFile === null ? { bytes: 0, sha256: null } : await digestOf(temporaryFile)
  const full: LakeEntry = { ...entry, file, ...digest }
  if (extended(chain, full) === null) return discard(temporaryFile)
  if (temporaryFile !== null && file !== null) await moveDurably(temporaryFile, join(root, file))
  const manifest = join(manifestOf(root, entry), entryName(entry.level, entry.from))
  const placed = file === null ? null : join(root, file)
  if (!(await createExclusively(manifest, JSON.stringify(full), temporary()))) return discard(placed)
  // A writer that slept may have re-created an entry that was rewritten and deleted meanwhile: a higher level then covers it.
  const now = await chains.of(entry)
  if (endOf(now, entry.level + 1) <= entry.from) return 'added'
  await rm(manifest, { force: true })
  return discard(placed)
}

const retirePartition = async (
  root: string,
  chains: Chains,
  place: TopicPartition,
  inUse: (file: string) => boolean,
): Promise<number> => {
  const chain = await chains.of(place)
  const gone = covered(chain).filter((entry) => entry.file === null || !inUse(entry.file))
  for (const entry of gone) {
    await rm(join(manifestOf(root, place), entryName(entry.level, entry.from)), { force: true })
    if (entry.file !== null) await rm(join(root, entry.file), { force: true })
  }
  const left = without(chain, new Set(gone))
  chains.set(place, left)
  const named = new Set(left.levels.flat().map((entry) => entry.file))
  return gone.length + (await sweepUnnamed(root, place, (file) => named.has(file) || inUse(file)))
}

/** Files no manifest entry names: their writer died between the two. A young one may still get its entry. */
const sweepUnnamed = async (
  root: string,
  place: TopicPartition,
  isNamed: (file: string) => boolean,
): Promise<number> => {
  const directory = join('data', place.topic, String(place.partition))
  let swept = 0
  for (const name of await namesIn(join(root, directory))) {
    const file = join(directory, name)
    const age = Date.now() - ((await stat(join(root, file)).catch(() => null))?.mtimeMs ?? Date.now())
    if (isNamed(file) || age < HOUR_MS) continue
    await rm(join(root, file), { force: true })
    swept++
  }
  return swept
}

const fileName = (entry: NewLakeEntry): string => {
  const range = `${entry.from}-${entry.next}.${entry.level}.${randomBytes(4).toString('hex')}`
  return join('data', entry.topic, String(entry.partition), `${range}.parquet`)
}

const matches = async (path: string, entry: LakeEntry): Promise<boolean> => {
  const found = await stat(path).catch(() => null)
  return found?.size === entry.bytes && (await digestOf(path)).sha256 === entry.sha256
}

const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/** Deletes what dead processes of this host, or anybody a day ago, left behind. */
const sweepTemporaries = async (directory: string): Promise<void> => {
  for (const name of await namesIn(directory)) {
    const path = join(directory, name)
    const [host, pid] = splitName(name)
    const age = Date.now() - ((await stat(path).catch(() => null))?.mtimeMs ?? 0)
    const abandoned = host === hostname() ? !isAlive(pid) : age > DAY_MS
    if (abandoned) await rm(path, { force: true, recursive: true })
  }
}

/** '<host>.<pid>.<nonce>…' → host and pid; a host name may contain dots. */
const splitName = (name: string): readonly [string, number] => {
  const match = /^(.*)\.(\d+)\.[0-9a-f]{12}/.exec(name)
  return match === null ? ['', 0] : [match[1] ?? '', Number(match[2])]
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
