import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import type { FileStore } from '@tidewater/ports'

/** Moves a finished file to its place; it is complete and durable under its new name or not there at all. */
export const moveDurably = async (files: FileStore, from: string, to: string): Promise<void> => {
  await files.sync(from)
  await files.makeDirectory(dirname(to))
  await files.rename(from, to)
  await files.sync(dirname(to))
}

/** Creates a file with `text`, whole and durable; false when the name is taken: of any number of writers one wins. */
export const createExclusively = async (
  files: FileStore,
  path: string,
  text: string,
  temporary: string,
): Promise<boolean> => {
  try {
    await files.create(temporary, new TextEncoder().encode(text))
    await files.sync(temporary)
    await files.makeDirectory(dirname(path))
    if (!(await files.link(temporary, path))) return false
  } finally {
    await files.remove(temporary)
  }
  await files.sync(dirname(path))
  return true
}

/** A JSON file, or null when there is none. */
export const readJson = async (files: FileStore, path: string): Promise<unknown> => {
  const bytes = await files.read(path)
  return bytes === null ? null : JSON.parse(new TextDecoder().decode(bytes))
}

export const digestOf = async (
  files: FileStore,
  path: string,
): Promise<{ bytes: number; sha256: string }> => {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const piece of files.pieces(path)) {
    hash.update(piece)
    bytes += piece.length
  }
  return { bytes, sha256: hash.digest('hex') }
}
