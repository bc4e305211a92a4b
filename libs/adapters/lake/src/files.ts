import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The error code of a failed file operation, e.g. 'ENOENT'. */
export const codeOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null

/** Makes a file's bytes, or a directory's names, survive a power cut. */
const sync = async (path: string): Promise<void> => {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Moves a finished file to its place; it is complete and durable under its new name or not there at all. */
export const moveDurably = async (from: string, to: string): Promise<void> => {
  await sync(from)
  await mkdir(dirname(to), { recursive: true })
  await rename(from, to)
  await sync(dirname(to))
}

/** Creates a file with `text`, whole and durable; false when the name is taken. link(2) is the arbiter: one of any number of writers wins. */
export const createExclusively = async (path: string, text: string, temporary: string): Promise<boolean> => {
  const handle = await open(temporary, 'wx')
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await mkdir(dirname(path), { recursive: true })
  try {
    await link(temporary, path)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    await rm(temporary, { force: true })
  }
  await sync(dirname(path))
  return true
}

/** A JSON file, or null when there is none. */
export const readJson = async (path: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

/** Names in a directory; none when it does not exist. */
export const namesIn = async (directory: string): Promise<readonly string[]> => {
  try {
    return await readdir(directory)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

export const digestOf = async (path: string): Promise<{ bytes: number; sha256: string }> => {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { bytes, sha256: hash.digest('hex') }
}
