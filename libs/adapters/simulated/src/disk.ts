import { basename, dirname } from 'node:path'
import type { FileStore } from '@tidewater/ports'
import type { Random } from '@tidewater/testing'
import type { Process } from './process.ts'

interface Inode {
  bytes: Uint8Array
  /** What a power cut leaves for certain. */
  durable: Uint8Array
  modifiedAt: number
}

type Names = Map<string, Inode>

/**
 * A file system in memory that knows what is durable: after a power cut a file that was not synced holds any beginning of its
 * bytes, and a name whose directory was not synced is there or not.
 */
export interface Disk {
  files(process: Process): FileStore
  /** A whole file, by whoever reads it outside a process's steps; rejects when there is none. */
  read(path: string): Uint8Array
  /** Writes a file in two steps, as a database library does that is not under our control. */
  write(process: Process, path: string, bytes: Uint8Array): Promise<void>
  powerCut(): void
}

export const createDisk = (random: Random, now: () => number): Disk => {
  const live = new Map<string, Names>()
  const durable = new Map<string, Names>()
  const namesOf = (tree: Map<string, Names>, directory: string): Names => {
    let names = tree.get(directory)
    if (names === undefined) tree.set(directory, (names = new Map()))
    return names
  }
  const inodeAt = (path: string): Inode | undefined => live.get(dirname(path))?.get(path)
  const removeBelow = (path: string): void => {
    live.get(dirname(path))?.delete(path)
    for (const directory of live.keys())
      if (directory === path || directory.startsWith(`${path}/`)) live.get(directory)?.clear()
  }
  const put = (path: string, inode: Inode): void => void namesOf(live, dirname(path)).set(path, inode)
  const missing = (path: string): Error => Object.assign(new Error(`no file ${path}`), { code: 'ENOENT' })
  const found = (path: string): Inode => {
    const inode = inodeAt(path)
    if (inode === undefined) throw missing(path)
    return inode
  }
  const sync = (path: string): void => {
    const inode = inodeAt(path)
    if (inode !== undefined) inode.durable = inode.bytes
    else durable.set(path, new Map(live.get(path)))
  }
  const create = (path: string, bytes: Uint8Array): Inode => {
    if (inodeAt(path) !== undefined) throw Object.assign(new Error(`${path} exists`), { code: 'EEXIST' })
    const inode = { bytes, durable: new Uint8Array(0), modifiedAt: now() }
    put(path, inode)
    return inode
  }
  /** A process may die between the two halves. */
  const write = async (process: Process, path: string, bytes: Uint8Array): Promise<void> => {
    const whole = bytes.slice()
    const half = random.int(0, whole.length)
    const inode = await process.call('local', async () => create(path, whole.subarray(0, half)))
    await process.call('local', async () => {
      inode.bytes = whole
      inode.modifiedAt = now()
    })
  }
  return {
    read: (path) => found(path).bytes,
    write,
    powerCut: () => powerCut(live, durable, random),
    files: (process) => {
      const step = <T>(work: () => T): Promise<T> => process.call('local', async () => work())
      return {
        makeDirectory: (path) =>
          step(() => {
            for (let made = path; made !== dirname(made); made = dirname(made)) namesOf(live, made)
          }),
        list: (directory) =>
          step(() => [
            ...[...(live.get(directory)?.keys() ?? [])].map((path) => basename(path)),
            ...[...live.keys()]
              .filter((path) => dirname(path) === directory && path !== directory)
              .map((path) => basename(path)),
          ]),
        create: (path, bytes) => write(process, path, bytes),
        read: (path) => step(() => inodeAt(path)?.bytes ?? null),
        pieces: async function* (path) {
          yield await step(() => found(path).bytes)
        },
        sync: (path) => step(() => sync(path)),
        rename: (from, to) =>
          step(() => {
            put(to, found(from))
            live.get(dirname(from))?.delete(from)
          }),
        link: (from, to) =>
          step(() => {
            if (inodeAt(to) !== undefined) return false
            put(to, found(from))
            return true
          }),
        remove: (path) => step(() => removeBelow(path)),
        stat: (path) =>
          step(() => {
            const inode = inodeAt(path)
            return inode === undefined ? null : { bytes: inode.bytes.length, modifiedAt: inode.modifiedAt }
          }),
      }
    },
  }
}

/** What was not synced is there, or not, or in part. */
const powerCut = (live: Map<string, Names>, durable: Map<string, Names>, random: Random): void => {
  for (const directory of new Set([...live.keys(), ...durable.keys()])) {
    const [now, before] = [
      live.get(directory) ?? new Map(),
      durable.get(directory) ?? new Map<string, Inode>(),
    ]
    const kept: Names = new Map()
    for (const path of new Set([...now.keys(), ...before.keys()])) {
      const [newer, older] = [now.get(path), before.get(path)]
      const inode = newer === older || random.chance(0.5) ? newer : older
      if (inode === undefined) continue
      if (inode.bytes !== inode.durable)
        inode.bytes = inode.durable =
          inode.durable.length > 0 ? inode.durable : inode.bytes.slice(0, random.int(0, inode.bytes.length))
      kept.set(path, inode)
    }
    live.set(directory, kept)
    durable.set(directory, new Map(kept))
  }
}
