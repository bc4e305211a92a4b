import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Bytes of all files below a directory, in words: '1.2 GB'. */
export async function dataSize(directory: string): Promise<string> {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let size = await bytesBelow(directory)
  let unit = 0
  while (size >= 1_000 && unit < units.length - 1) {
    size /= 1_000
    unit++
  }
  return `${size < 10 && unit > 0 ? size.toFixed(1) : size.toFixed(0)} ${units[unit]}`
}

async function bytesBelow(directory: string): Promise<number> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
  const sizes = await Promise.all(
    entries.map((entry) => {
      const path = join(directory, entry.name)
      if (entry.isDirectory()) return bytesBelow(path)
      // Files come and go while we look. Blocks, not length: logs are preallocated.
      return stat(path).then(
        (file) => file.blocks * 512,
        () => 0,
      )
    }),
  )
  return sizes.reduce((sum, bytes) => sum + bytes, 0)
}
