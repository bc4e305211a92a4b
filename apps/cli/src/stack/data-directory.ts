import { existsSync, rmSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { PlatformError } from '@tidewater/base'
import { isSystemError } from '@tidewater/runtime'
import { claim, isAlive } from './claims.ts'
import { readRunFile, removeRunFile, type RunFile, type RunningProcess } from './run-file.ts'

const kept = ['kafka', 'redis', 'clickhouse', 'lake', 'published', 'log']

/** What a platform in memory writes to disk, for as long as it runs. */
export const memoryDirectory = (dataDir: string): string => join(dataDir, 'memory')

/**
 * Makes a data directory ours, for as long as this process lives: refuses that of a platform that runs or is about to,
 * stops and deletes what a killed one left behind.
 */
export async function claimData(dataDir: string, say: (line: string) => void): Promise<void> {
  const run = readRunFile(dataDir)
  if (run !== null && isAlive(run)) {
    const message = `Tidewater already runs on ${dataDir}: ${run.url} (process ${run.pid}).`
    throw new PlatformError('UNAVAILABLE', message, `stop it with: kill ${run.pid}; or choose another --data`)
  }
  const other = claim(join(dataDir, 'claim.json'))
  if (other !== null) {
    const message = `Tidewater is being started on ${dataDir} already (process ${other.pid}).`
    throw new PlatformError('UNAVAILABLE', message, 'wait for it, or choose another --data')
  }
  if (run !== null) await endRun(run, dataDir, say)
  rmSync(memoryDirectory(dataDir), { recursive: true, force: true })
}

async function endRun(run: RunFile, dataDir: string, say: (line: string) => void): Promise<void> {
  const stopped = await stopLeftOver(run)
  if (stopped.length > 0) say(`  ! stopped what an earlier run left: ${stopped.join(', ')}`)
  removeRunFile(dataDir, run)
}

/** Deletes everything kept. Asks first on a terminal; refuses when part of it lives in servers that are not ours. */
export async function forgetData(dataDir: string, env: NodeJS.ProcessEnv): Promise<void> {
  const foreign = ['KAFKA_BROKERS', 'REDIS_URL', 'CLICKHOUSE_URL', 'LAKE_DIR'].filter((name) => env[name])
  if (foreign.length > 0) {
    const message = `--fresh deletes only what is below ${dataDir}, but ${foreign.join(', ')} points elsewhere.`
    throw new PlatformError('BAD_CONFIG', message, 'empty those servers yourself and start without --fresh')
  }
  const present = kept.filter((name) => existsSync(join(dataDir, name)))
  if (present.length === 0) return
  if (
    process.stdin.isTTY &&
    !(await confirmed(`Delete everything in ${dataDir} (${present.join(', ')})? [y/N] `))
  ) {
    throw new PlatformError('BAD_INPUT', 'Nothing was deleted.', 'start without --fresh to keep the data')
  }
  for (const name of present) rmSync(join(dataDir, name), { recursive: true, force: true })
}

async function confirmed(question: string): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stdout })
  const answer = await prompt.question(question)
  prompt.close()
  return /^y(es)?$/i.test(answer.trim())
}

/** Stops what an earlier, killed supervisor left running; answers the names of what was stopped. */
export async function stopLeftOver(run: RunFile): Promise<readonly string[]> {
  const alive = (): readonly RunningProcess[] => run.processes.filter(isAlive)
  const found = alive()
  for (const { pid } of found) signal(pid, 'SIGTERM')
  const deadline = performance.now() + 8_000
  while (alive().length > 0 && performance.now() < deadline) await sleep(50)
  for (const { pid } of alive()) signal(pid, 'SIGKILL')
  while (alive().length > 0) await sleep(50)
  return found.map(({ name }) => name)
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    // It ended in between.
    if (!isSystemError(error, 'ESRCH')) throw error
  }
}

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
  const entries = await readdir(directory, { withFileTypes: true }).catch(nothing([]))
  const sizes = await Promise.all(
    entries.map((entry) => {
      const path = join(directory, entry.name)
      if (entry.isDirectory()) return bytesBelow(path)
      // Blocks, not length: logs are preallocated.
      return stat(path)
        .then((file) => file.blocks * 512)
        .catch(nothing(0))
    }),
  )
  return sizes.reduce((sum, bytes) => sum + bytes, 0)
}

/** Files come and go while we look. */
const nothing =
  <T>(none: T) =>
  (error: unknown): T => {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return none
    throw error
  }
