import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Clock, FileStore, Nonce } from '@tidewater/ports'
import { codeOf, localFiles } from './local-files.ts'

/** Where a lake lives: its files, and who is writing them. */
export interface LakeHost {
  readonly files: FileStore
  readonly clock: Clock
  readonly nonce: Nonce
  /** The machine; process ids mean something on one machine only. */
  readonly name: string
  readonly pid: number
  isAlive(pid: number): boolean
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
  clock: { now: () => Date.now(), elapsed: () => performance.now() },
  nonce: randomUUID,
  name: hostname(),
  pid: process.pid,
  isAlive,
}
