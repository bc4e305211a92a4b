/**
 * What the lake asks of a file system: single steps between which a process may die or the power fail. Paths are absolute.
 * Nothing is durable before `sync`: bytes by syncing their file, names by syncing their directory.
 */
export interface FileStore {
  /** Makes a directory and those above it, durably; nothing when it is there. */
  makeDirectory(path: string): Promise<void>
  /** Names in a directory, in any order; none when it does not exist. */
  list(directory: string): Promise<readonly string[]>
  /** Creates a file with these bytes; rejects when the name is taken. */
  create(path: string, bytes: Uint8Array): Promise<void>
  /** A whole small file; null when there is none. */
  read(path: string): Promise<Uint8Array | null>
  /** A file of any size piece by piece; rejects when there is none. */
  pieces(path: string): AsyncIterable<Uint8Array>
  sync(path: string): Promise<void>
  /** One atomic step; replaces what has the new name. */
  rename(from: string, to: string): Promise<void>
  /** A second name for a file in one atomic step; false when that name is taken: of any number of callers one wins. */
  link(from: string, to: string): Promise<boolean>
  /** Removes a file, or a directory with what is in it; nothing when there is none. */
  remove(path: string): Promise<void>
  /** Null when there is none. `modifiedAt` in ms since epoch. */
  stat(path: string): Promise<{ readonly bytes: number; readonly modifiedAt: number } | null>
}
