import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'

/**
 * A client id says which process of which machine it is, so that a later process of that machine can tell that it is dead:
 * '<client id>@<machine>.<pid>.<start>'. Process ids mean something in one namespace of one boot only, and are used again,
 * hence the machine is both of these and the start goes with the pid. Only Linux tells; elsewhere nobody is ever called dead.
 */
export const nameProcess = (clientId: string): string => {
  const start = startOf(process.pid)
  return machine === null || start === null ? clientId : `${clientId}@${machine}.${process.pid}.${start}`
}

/** True only when it is certain that the process which named itself so has ended. */
export const hasEnded = (clientId: string): boolean => {
  const name = /@([0-9a-f]{16})\.(\d+)\.(\d+)$/.exec(clientId)
  return name !== null && name[1] === machine && startOf(Number(name[2])) !== name[3]
}

const read = <T>(question: () => T): T | null => {
  try {
    return question()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    // No such process (ESRCH: it ended meanwhile), or no such file on this system.
    if (code === 'ENOENT' || code === 'ESRCH') return null
    throw error
  }
}

const machineOf = (): string | null => {
  const boot = read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'))
  const namespace = read(() => readlinkSync('/proc/self/ns/pid'))
  if (boot === null || namespace === null) return null
  return createHash('sha256').update(`${boot}${namespace}`).digest('hex').slice(0, 16)
}

const ENDED = new Set(['Z', 'X', 'x'])

/** When a process started, in ticks since boot; null when there is none, or one that only waits to be buried. */
const startOf = (pid: number): string | null => {
  const stat = read(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  // pid (name) state ppid …: the name may hold anything, so fields are counted from its end; the start is the 22nd.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields === undefined || ENDED.has(fields[0] ?? '') ? null : (fields[19] ?? null)
}

const machine = machineOf()
