import { createReadStream } from 'node:fs'
import { link, mkdir, open, readdir, readFile, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { PlatformError } from '@tidewater/base'
import type { FileStore } from '@tidewater/ports'

/** The error code of a failed file operation, e.g. 'ENOENT'. */
export const codeOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null

/** A disk that is full or away may come back (UNAVAILABLE); a name that is taken or missing is no trouble of the disk. */
const diskError = (error: unknown): unknown => {
  const code = codeOf(error)
  const isOfDisk = error instanceof Error && 'syscall' in error && code !== 'ENOENT' && code !== 'EEXIST'
  return isOfDisk
    ? new PlatformError(
        'UNAVAILABLE',
        `the lake's disk failed: ${error.message}`,
        'make room there, or bring it back',
      )
    : error
}

/** What a file operation answers; `otherwise` instead of a rejection with this code. */
const answerOf = async <T, U = never>(
  operation: Promise<T>,
  unless?: { readonly code: string; readonly otherwise: U },
): Promise<T | U> => {
  try {
    return await operation
  } catch (error) {
    if (unless !== undefined && codeOf(error) === unless.code) return unless.otherwise
    throw diskError(error)
  }
}

const withHandle = async (
  path: string,
  flags: 'r' | 'wx',
  act: (handle: FileHandle) => Promise<void>,
): Promise<void> => {
  const handle = await open(path, flags)
  try {
    await act(handle)
  } finally {
    await handle.close()
  }
}

const sync = (path: string): Promise<void> => answerOf(withHandle(path, 'r', (handle) => handle.sync()))

const makeDirectory = async (path: string): Promise<void> => {
  const first = await mkdir(path, { recursive: true })
  if (first === undefined) return
  for (let made = resolve(path); made.length >= first.length; made = dirname(made)) await sync(dirname(made))
}

async function* pieces(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Uint8Array>
  } catch (error) {
    throw diskError(error)
  }
}

/** The file system of this machine, or one shared by several. Its own failures are UNAVAILABLE. */
export const localFiles: FileStore = {
  makeDirectory: (path) => answerOf(makeDirectory(path)),
  list: (directory) => answerOf(readdir(directory), { code: 'ENOENT', otherwise: [] }),
  create: (path, bytes) => answerOf(withHandle(path, 'wx', (handle) => handle.writeFile(bytes))),
  read: (path) => answerOf(readFile(path), { code: 'ENOENT', otherwise: null }),
  pieces,
  sync,
  rename: (from, to) => answerOf(rename(from, to)),
  link: async (from, to) =>
    (await answerOf(link(from, to), { code: 'EEXIST', otherwise: 'taken' as const })) !== 'taken',
  remove: (path) => answerOf(rm(path, { recursive: true, force: true })),
  stat: async (path) => {
    const found = await answerOf(stat(path), { code: 'ENOENT', otherwise: null })
    return found === null ? null : { bytes: found.size, modifiedAt: found.mtimeMs }
  },
}
