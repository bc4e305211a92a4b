import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Root of the repository. */
export const root = join(import.meta.dirname, '..', '..')

export interface SourceFile {
  /** Path below the root. */
  readonly path: string
  readonly text: string
  readonly lines: readonly string[]
}

const skipped = new Set(['node_modules', '.tidewater', '.nx', '.git', 'dist', 'coverage', 'lib'])

/** All files below the given directories whose name ends so. */
export function filesBelow(directories: readonly string[], ending: string): readonly SourceFile[] {
  return directories.filter((path) => existsSync(join(root, path))).flatMap((path) => walk(path, ending))
}

/** One file of the root. */
export function rootFile(name: string): SourceFile {
  return readSource(name)
}

function walk(directory: string, ending: string): readonly SourceFile[] {
  return readdirSync(join(root, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name)
    if (entry.name.startsWith('.')) return []
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : walk(path, ending)
    return entry.isFile() && path.endsWith(ending) ? [readSource(path)] : []
  })
}

function readSource(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8')
  return { path, text, lines: text.trimEnd().split('\n') }
}
