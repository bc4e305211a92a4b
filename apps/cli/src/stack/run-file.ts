import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { repository } from './repository.ts'

/** A process of the running platform. `started` tells it from a later process with the same id. */
export interface RunningProcess {
  readonly name: string
  readonly pid: number
  readonly started: string
}

/** What a running platform says of itself in `<data>/run.json`. */
export interface RunFile {
  /** The supervisor. */
  readonly pid: number
  readonly started: string
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

export function removeRunFile(dataDir: string): void {
  rmSync(join(dataDir, 'run.json'), { force: true })
}

/** The run file of a data directory; null when there is none that can be read. */
export function readRunFile(dataDir: string): RunFile | null {
  try {
    return JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as RunFile
  } catch {
    return null
  }
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
