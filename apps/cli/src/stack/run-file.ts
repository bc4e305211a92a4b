import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { readJson, thisProcess, type ProcessIdentity } from './claims.ts'

/** Root of this clone. */
export const repository = join(import.meta.dirname, '..', '..', '..', '..')

/** A process of the running platform. */
export interface RunningProcess extends ProcessIdentity {
  readonly name: string
}

/** What a running platform says of itself in `<data>/run.json`; the process is its supervisor. */
export interface RunFile extends ProcessIdentity {
  readonly url: string
  readonly ports: Readonly<Record<string, number>>
  /** Kafka's, so that nobody mistakes another clone's broker for ours; '' for a given one. */
  readonly clusterId: string
  readonly dataDir: string
  readonly lakeDir: string
  /** The environment a further worker needs to join. */
  readonly env: Readonly<Record<string, string>>
  readonly processes: readonly RunningProcess[]
}

export function writeRunFile(dataDir: string, run: RunFile): void {
  const path = join(dataDir, 'run.json')
  writeFileSync(`${path}.tmp`, `${JSON.stringify(run, null, 2)}\n`)
  renameSync(`${path}.tmp`, path)
}

/** Removes the run file of `owner` (this process unless another is named); that of anybody else stays. */
export function removeRunFile(dataDir: string, owner: ProcessIdentity = thisProcess()): void {
  const run = readRunFile(dataDir)
  if (run?.pid === owner.pid && run.started === owner.started) rmSync(join(dataDir, 'run.json'))
}

/** The run file of a data directory; null when there is none that can be read. */
export function readRunFile(dataDir: string): RunFile | null {
  return readJson(join(dataDir, 'run.json')) as RunFile | null
}

/** The nearest run file: of DATA_DIR, of `.tidewater` here or above, of this clone. */
export function findRunFile(from: string = process.cwd(), dataDir = process.env.DATA_DIR): RunFile | null {
  if (dataDir !== undefined && dataDir !== '') return readRunFile(resolve(dataDir))
  for (let directory = resolve(from); ; directory = dirname(directory)) {
    if (existsSync(join(directory, '.tidewater', 'run.json')))
      return readRunFile(join(directory, '.tidewater'))
    if (directory === dirname(directory)) return readRunFile(join(repository, '.tidewater'))
  }
}
