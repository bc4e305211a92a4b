import { spawnSync } from 'node:child_process'
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { isSystemError } from '@tidewater/runtime'

/**
 * When a process started, as an opaque text; null when there is no such process. With the id it names one process for
 * good, while an id alone may be given again.
 */
export function processStart(pid: number): string | null {
  if (pid <= 0) return null
  if (existsSync('/proc/self/stat')) return startOnLinux(pid)
  const { status, stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() || null : null
}

function startOnLinux(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Fields after the name, which may hold blanks and brackets itself: state is the 3rd of all, start time the 22nd.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? null : (fields[19] ?? null)
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ESRCH')) return null
    throw error
  }
}

/** One process for good: `processStart` tells it from a later one with the same id. */
export interface ProcessIdentity {
  readonly pid: number
  readonly started: string
}

export const thisProcess = (): ProcessIdentity => ({
  pid: process.pid,
  started: processStart(process.pid) ?? '',
})

export const isAlive = ({ pid, started }: ProcessIdentity): boolean => processStart(pid) === started

/**
 * Makes a name ours until this process ends, however it ends: a claim of a dead process counts for nothing. Answers who holds
 * it instead; null: it is ours. A claim is a file `name.number`, whole from its first moment, and the highest number counts: to
 * follow a dead one is to be the first with the next number, so no claim is ever taken away by who has not seen it.
 */
export function claim(name: string): ProcessIdentity | null {
  const own = thisProcess()
  const directory = dirname(name)
  mkdirSync(directory, { recursive: true, mode: 0o777 })
  const draft = `${name}.new-${own.pid}`
  writeFileSync(draft, JSON.stringify(own))
  try {
    for (;;) {
      const numbers = numbersOf(name)
      const last = Math.max(0, ...numbers)
      const holder = holderOf(`${name}.${last}`)
      if (holder !== null) return holder.pid === own.pid ? null : holder
      if (!linked(draft, `${name}.${last + 1}`)) continue
      for (const number of numbers) rmSync(`${name}.${number}`, { force: true })
      return null
    }
  } finally {
    rmSync(draft, { force: true })
  }
}

const numbersOf = (name: string): readonly number[] =>
  readdirSync(dirname(name))
    .filter((file) => file.startsWith(`${basename(name)}.`))
    .map((file) => Number(file.slice(basename(name).length + 1)))
    .filter(Number.isInteger)

/** False: somebody was quicker. */
function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return false
    throw error
  }
}

function holderOf(file: string): ProcessIdentity | null {
  const holder = readJson(file) as ProcessIdentity | null
  return holder !== null && isAlive(holder) ? holder : null
}

/** What a file says; null: there is none, or it is no JSON (torn by a crash while it was written). */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || error instanceof SyntaxError) return null
    throw error
  }
}
