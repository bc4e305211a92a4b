import { basename, dirname } from 'node:path'
import type { FileStore } from '@tidewater/ports'
import type { Random } from '../random.ts'
import type { Process } from './process.ts'

interface Inode {
  bytes: Uint8Array
  /** What a power cut leaves for certain. */
  durable: Uint8Array
  modifiedAt: number
}

/** Files of a directory by their whole path. */
type Names = Map<string, Inode>
type Tree = Map<string, Names>

/**
 * A file system in memory that knows what is durable: after a power cut a file that was not synced holds any beginning of its
 * bytes, and a name whose directory was not synced is there or not.
 */
export interface Disk {
  files(process: Process): FileStore
  has(path: string): boolean
  /** A whole file, by whoever reads it outside a process's steps; throws when there is none. */
  read(path: string): Uint8Array
  /** Writes a file in two steps, as a database library does that is not under our control. */
  write(process: Process, path: string, bytes: Uint8Array): Promise<void>
  powerCut(): void
}

export const createDisk = (random: Random, now: () => number): Disk => {
  const volume = createVolume(now)
  /** A process may die between the two halves. */
  const write = async (process: Process, path: string, bytes: Uint8Array): Promise<void> => {
    const whole = bytes.slice()
    const half = random.int(0, whole.length)
    const inode = await process.call('local', async () => volume.create(path, whole.subarray(0, half)))
    await process.call('local', async () => {
      inode.bytes = whole
      inode.modifiedAt = now()
    })
  }
  return {
    has: (path) => volume.at(path) !== undefined,
    read: (path) => volume.found(path).bytes,
    write,
    powerCut: () => tear(volume.live, volume.durable, random),
    files: (process) => {
      const step = <T>(work: () => T): Promise<T> => process.call('local', async () => work())
      return {
        makeDirectory: (path) => step(() => volume.makeDirectory(path)),
        list: (directory) => process.look(() => volume.list(directory)),
        create: (path, bytes) => write(process, path, bytes),
        read: (path) => process.look(() => volume.at(path)?.bytes ?? null),
        pieces: async function* (path) {
          yield await process.look(() => volume.found(path).bytes)
        },
        sync: (path) => step(() => volume.sync(path)),
        rename: (from, to) => step(() => volume.rename(from, to)),
        link: (from, to) => step(() => volume.link(from, to)),
        remove: (path) => step(() => volume.remove(path)),
        stat: (path) =>
          process.look(() => {
            const inode = volume.at(path)
            return inode === undefined ? null : { bytes: inode.bytes.length, modifiedAt: inode.modifiedAt }
          }),
      }
    },
  }
}

/** Names and files as they are now, and as they are for certain. */
const createVolume = (now: () => number) => {
  const live: Tree = new Map()
  const durable: Tree = new Map()
  const namesOf = (directory: string): Names => {
    let names = live.get(directory)
    if (names === undefined) live.set(directory, (names = new Map<string, Inode>()))
    return names
  }
  const at = (path: string): Inode | undefined => live.get(dirname(path))?.get(path)
  const found = (path: string): Inode => {
    const inode = at(path)
    if (inode === undefined) throw failure('ENOENT', `no file ${path}`)
    return inode
  }
  const put = (path: string, inode: Inode): void => void namesOf(dirname(path)).set(path, inode)
  return {
    ...{ live, durable, at, found },
    makeDirectory: (path: string): void => {
      for (let made = path; made !== dirname(made); made = dirname(made)) namesOf(made)
    },
    list: (directory: string): readonly string[] => [
      ...[...(live.get(directory)?.keys() ?? [])].map((path) => basename(path)),
      ...[...live.keys()]
        .filter((path) => dirname(path) === directory && path !== directory)
        .map((path) => basename(path)),
    ],
    create: (path: string, bytes: Uint8Array): Inode => {
      if (at(path) !== undefined) throw failure('EEXIST', `${path} exists`)
      const inode = { bytes, durable: new Uint8Array(0), modifiedAt: now() }
      put(path, inode)
      return inode
    },
    sync: (path: string): void => {
      const inode = at(path)
      if (inode !== undefined) inode.durable = inode.bytes
      else durable.set(path, new Map(live.get(path)))
    },
    rename: (from: string, to: string): void => {
      put(to, found(from))
      live.get(dirname(from))?.delete(from)
    },
    link: (from: string, to: string): boolean => {
      if (at(to) !== undefined) return false
      put(to, found(from))
      return true
    },
    remove: (path: string): void => {
      live.get(dirname(path))?.delete(path)
      for (const directory of [...live.keys()])
        if (directory === path || directory.startsWith(`${path}/`)) live.delete(directory)
    },
  }
}

const failure = (code: string, message: string): Error => Object.assign(new Error(message), { code })

/** What was not synced is there, or not, or in part. */
const tear = (live: Tree, durable: Tree, random: Random): void => {
  for (const directory of new Set([...live.keys(), ...durable.keys()])) {
    const now: Names = live.get(directory) ?? new Map<string, Inode>()
    const before: Names = durable.get(directory) ?? new Map<string, Inode>()
    const kept: Names = new Map()
    for (const path of new Set([...now.keys(), ...before.keys()])) {
      const [newer, older] = [now.get(path), before.get(path)]
      const inode = newer === older || random.chance(0.5) ? newer : older
      if (inode === undefined) continue
      if (inode.bytes !== inode.durable) {
        const torn = inode.bytes.slice(0, random.int(0, inode.bytes.length))
        inode.bytes = inode.durable = inode.durable.length > 0 ? inode.durable : torn
      }
      kept.set(path, inode)
    }
    live.set(directory, kept)
    durable.set(directory, new Map(kept))
  }
}
