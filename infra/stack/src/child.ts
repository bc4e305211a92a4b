import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { guard } from './watchdog.ts'

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface ChildSpec {
  /** Word used in messages. */
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  /** File that standard output and error are appended to. */
  readonly log: string
  /** How long SIGTERM may take before SIGKILL, ms; default 8,000. */
  readonly graceMs?: number
  /** Whether it says 'ready' over Node's channel once it works; else `ready` resolves at once. */
  readonly announces?: boolean
}

/** A running process of ours. It never outlives this process. */
export interface Child {
  readonly name: string
  readonly pid: number
  readonly log: string
  readonly ended: Promise<Ended>
  /** Settles when it has announced itself; never when it ends before. */
  readonly ready: Promise<void>
  isRunning(): boolean
  /** SIGTERM, then SIGKILL to its whole group after the grace time; resolves when it is gone. */
  stop(): Promise<void>
}

const longestLogBytes = 16_000_000

/** Starts a process in a group of its own (Ctrl-C reaches only us, so that we stop it in order), logging to a file. */
export function startChild(spec: ChildSpec): Child {
  mkdirSync(dirname(spec.log), { recursive: true })
  turnLog(spec.log)
  const log = openSync(spec.log, 'a')
  const child = spawn(spec.command, spec.args, {
    cwd: spec.cwd,
    env: spec.env ?? process.env,
    stdio: spec.announces === true ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
    detached: true,
  })
  closeSync(log)
  const { pid } = child
  const ended = endOf(child)
  const release = pid === undefined ? () => undefined : guard(pid)
  void ended.then(release)
  return {
    name: spec.name,
    pid: pid ?? -1,
    log: spec.log,
    ended,
    ready: spec.announces === true ? announcementOf(child) : Promise.resolve(),
    isRunning: () => pid !== undefined && child.exitCode === null && child.signalCode === null,
    stop: () => stopChild(child, ended, spec.graceMs ?? 8_000),
  }
}

/** The last lines a process wrote, for an error message. */
export function lastLines(log: string, count: number): string {
  if (!existsSync(log)) return ''
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-count).join('\n')
}

/** Keeps logs bounded: a long one becomes the one older log. */
function turnLog(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size > longestLogBytes) renameSync(path, `${path}.1`)
}

function endOf(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve) => {
    child.once('error', () => resolve({ code: 127, signal: null }))
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
}

function announcementOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.on('message', (message) => {
      if (message === 'ready') resolve()
    })
  })
}

async function stopChild(child: ChildProcess, ended: Promise<Ended>, graceMs: number): Promise<void> {
  const { pid } = child
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const force = setTimeout(() => killGroup(pid), graceMs)
  await ended
  clearTimeout(force)
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // It may be gone already.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
