import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { processStart } from './process-start.ts'

const directory = join(tmpdir(), 'tidewater-ports')

/**
 * Keeps other platforms that start at the same moment off a port that is free but not opened yet. True: it is ours until
 * this process ends. A claim of a dead process counts for nothing.
 */
export function claimPort(port: number): boolean {
  const file = join(directory, String(port))
  try {
    mkdirSync(directory, { recursive: true, mode: 0o777 })
    if (isHeld(file)) return false
    rmSync(file, { force: true })
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    process.once('exit', () => rmSync(file, { force: true }))
    return true
  } catch (error) {
    // Somebody was quicker; or the folder is another user's, and then nobody can say.
    return !(error instanceof Error && 'code' in error && error.code === 'EEXIST')
  }
}

function isHeld(file: string): boolean {
  try {
    const pid = Number(readFileSync(file, 'utf8'))
    return pid !== process.pid && processStart(pid) !== null
  } catch {
    return false
  }
}
