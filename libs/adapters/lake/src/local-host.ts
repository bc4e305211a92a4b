import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, resolve } from 'node:path'
import type { Clock, FileStore, Nonce } from '@tidewater/ports'

/** Where a lake lives: its files, and who is writing them. */
export interface LakeHost {
  readonly files: FileStore
  /** Ages of files are told by the wall clock: they are written by others too. */
  readonly clock: Pick<Clock, 'now'>
  readonly nonce: Nonce
  /** The machine; process ids mean something on one machine only. */
  readonly name: string
  readonly pid: number
  isAlive(pid: number): boolean
}

/** The error code of a failed file operation, e.g. 'ENOENT'. */
const codeOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null

/** Answers `otherwise` instead of a rejection with this code. */
const unless = async <T, U>(code: string, answer: Promise<T>, otherwise: U): Promise<T | U> => {
  try {
    return await answer
  } catch (error) {
    if (codeOf(error) === code) return otherwise
    throw error
  }
}

const sync = async (path: string): Promise<void> => {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export const localFiles: FileStore = {
  makeDirectory: async (path) => {
    const first = await mkdir(path, { recursive: true })
    if (first === undefined) return
    for (let made = resolve(path); made.length >= first.length; made = dirname(made))
      await sync(dirname(made))
  },
  list: (directory) => unless('ENOENT', readdir(directory), []),
  create: async (path, bytes) => {
    const handle = await open(path, 'wx')
    try {
      await handle.writeFile(bytes)
    } finally {
      await handle.close()
    }
  },
  read: (path) => unless('ENOENT', readFile(path), null),
  pieces: (path) => createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Uint8Array>,
  sync,
  rename,
  link: (from, to) =>
    unless(
      'EEXIST',
      link(from, to).then(() => true),
      false,
    ),
  remove: (path) => rm(path, { recursive: true, force: true }),
  stat: (path) =>
    unless(
      'ENOENT',
      stat(path).then(({ size, mtimeMs }) => ({ bytes: size, modifiedAt: mtimeMs })),
      null,
    ),
}

/** Answers true when in doubt: what a living process writes must stay. */
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false
    if (codeOf(error) === 'EPERM') return true
    throw error
  }
}

/** This process on this machine. */
export const localHost: LakeHost = {
  files: localFiles,
  clock: { now: () => Date.now() },
  nonce: randomUUID,
  name: hostname(),
  pid: process.pid,
  isAlive,
}
